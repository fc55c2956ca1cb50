"""A single-file PyTorch SAC on Gymnasium: the peer of `understudy bench train sac`.

usage: torch_sac.py ENV_ID

One JSON line in, one out: {"steps": N, "seed": S} trains from scratch and answers {"stepsPerSecond", "seconds",
"processorSeconds", "return", "episodes"}; return is the mean of the last 20 training episodes. The first line printed names the peer.

One environment, 5000 random steps, then one update a step on 256 transitions: two critics with targets that follow by
.005, a tanh-squashed Gaussian policy, all networks 256x256 with ReLU, Adam at 3e-4, a temperature learned from 1 for an
entropy of minus the number of action components, discount .99. A truncated episode bootstraps with its last observation.
"""

import copy
import json
import math
import sys
import time

import gymnasium
import mujoco
import numpy
import torch
import torch.nn.functional as F
from torch import nn

env_id = sys.argv[1]
torch.set_num_threads(1)
WARMUP, BATCH, CAPACITY = 5000, 256, 1_000_000
GAMMA, TAU, LEARNING_RATE, HIDDEN = 0.99, 0.005, 3e-4, 256


def perceptron(inputs, outputs):
    return nn.Sequential(
        nn.Linear(inputs, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, outputs)
    )


class Actor(nn.Module):
    def __init__(self, size, actions):
        super().__init__()
        self.body = perceptron(size, 2 * actions)

    def forward(self, observations):
        mean, log_std = self.body(observations).chunk(2, -1)
        log_std = log_std.clamp(-20, 2)
        noise = torch.randn_like(mean)
        latent = mean + log_std.exp() * noise
        log_normal = -0.5 * noise**2 - log_std - 0.5 * math.log(2 * math.pi)
        log_slope = 2 * (math.log(2) - latent - F.softplus(-2 * latent))
        return latent.tanh(), (log_normal - log_slope).sum(-1)


class Critics(nn.Module):
    def __init__(self, size, actions):
        super().__init__()
        self.first, self.second = perceptron(size + actions, 1), perceptron(size + actions, 1)

    def forward(self, observations, actions):
        inputs = torch.cat([observations, actions], -1)
        return self.first(inputs).squeeze(-1), self.second(inputs).squeeze(-1)


def train(total_steps, seed):
    torch.manual_seed(seed)
    generator = numpy.random.default_rng(seed)
    env = gymnasium.wrappers.RecordEpisodeStatistics(gymnasium.make(env_id))
    size, count = env.observation_space.shape[0], env.action_space.shape[0]
    low, high = env.action_space.low, env.action_space.high
    actor, critics = Actor(size, count), Critics(size, count)
    targets = copy.deepcopy(critics).requires_grad_(False)
    log_temperature = torch.zeros((), requires_grad=True)
    actor_optimizer = torch.optim.Adam(actor.parameters(), lr=LEARNING_RATE)
    critic_optimizer = torch.optim.Adam(critics.parameters(), lr=LEARNING_RATE)
    temperature_optimizer = torch.optim.Adam([log_temperature], lr=LEARNING_RATE)
    pairs = list(zip(targets.parameters(), critics.parameters()))
    capacity = min(CAPACITY, total_steps)
    observations, followings = (numpy.zeros((capacity, size), numpy.float32) for _ in range(2))
    actions = numpy.zeros((capacity, count), numpy.float32)
    rewards, discounts = (numpy.zeros(capacity, numpy.float32) for _ in range(2))

    def update(filled):
        rows = generator.integers(filled, size=BATCH)
        b_obs, b_next, b_act, b_reward, b_discount = (
            torch.from_numpy(column[rows]) for column in (observations, followings, actions, rewards, discounts)
        )
        temperature = log_temperature.detach().exp()
        with torch.no_grad():
            next_action, next_log = actor(b_next)
            value = b_reward + b_discount * (torch.min(*targets(b_next, next_action)) - temperature * next_log)
        first, second = critics(b_obs, b_act)
        critic_loss = 0.5 * (F.mse_loss(first, value) + F.mse_loss(second, value))
        critic_optimizer.zero_grad()
        critic_loss.backward()
        critic_optimizer.step()
        critics.requires_grad_(False)
        action, log_probability = actor(b_obs)
        actor_loss = (temperature * log_probability - torch.min(*critics(b_obs, action))).mean()
        actor_optimizer.zero_grad()
        actor_loss.backward()
        actor_optimizer.step()
        critics.requires_grad_(True)
        temperature_loss = -(log_temperature.exp() * (log_probability.detach().mean() - count))
        temperature_optimizer.zero_grad()
        temperature_loss.backward()
        temperature_optimizer.step()
        with torch.no_grad():
            for target, parameter in pairs:
                target.lerp_(parameter, TAU)

    returns, start, processor = [], time.perf_counter(), time.process_time()
    observation = env.reset(seed=seed)[0].astype(numpy.float32)
    for step in range(total_steps):
        if step < WARMUP:
            action = generator.uniform(-1, 1, count).astype(numpy.float32)
        else:
            with torch.no_grad():
                action = actor(torch.from_numpy(observation)[None])[0][0].numpy()
        following, reward, terminated, truncated, info = env.step(low + 0.5 * (action + 1) * (high - low))
        following = following.astype(numpy.float32)
        row = step % capacity
        observations[row], followings[row], actions[row] = observation, following, action
        rewards[row], discounts[row] = reward, 0.0 if terminated else GAMMA
        observation = following
        if terminated or truncated:
            returns.append(float(info["episode"]["r"]))
            observation = env.reset()[0].astype(numpy.float32)
        if step >= WARMUP:
            update(min(step + 1, capacity))
    seconds, processor = time.perf_counter() - start, time.process_time() - processor
    env.close()
    mean_return = sum(returns[-20:]) / max(1, len(returns[-20:]))
    speed = {"stepsPerSecond": total_steps / seconds, "seconds": seconds, "processorSeconds": processor}
    return {**speed, "return": mean_return, "episodes": len(returns)}


name = f"single-file SAC, torch {torch.__version__} on 1 thread, gymnasium {gymnasium.__version__}, mujoco {mujoco.__version__}"
print(json.dumps({"peer": name}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps(train(request["steps"], request["seed"])), flush=True)
