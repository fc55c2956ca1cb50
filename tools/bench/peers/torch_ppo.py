"""A single-file PyTorch PPO on Gymnasium with the usual continuous-control details: the peer of `understudy bench train ppo`.

usage: torch_ppo.py ENV_ID

One JSON line in, one out: {"steps": N, "seed": S} trains from scratch and answers {"stepsPerSecond", "seconds",
"processorSeconds", "return", "episodes"}; return is the mean of the last 20 training episodes. The first line printed names the peer.

One environment, 2048 steps an iteration, 10 epochs of 32 minibatches, two 64x64 tanh networks with orthogonal
initialisation, state-independent standard deviation, clipped policy and value losses, advantages normalised a minibatch,
learning rate annealed to zero, observations and rewards normalised and clipped to +-10, gradients clipped to norm .5.
"""

import json
import sys
import time

import gymnasium
import mujoco
import numpy
import torch
from torch import nn
from torch.distributions import Normal

env_id = sys.argv[1]
torch.set_num_threads(1)
STEPS, EPOCHS, MINIBATCHES = 2048, 10, 32
GAMMA, LAMBDA, CLIP, VALUE_COEFFICIENT, MAX_NORM, LEARNING_RATE = 0.99, 0.95, 0.2, 0.5, 0.5, 3e-4


def layer(inputs, outputs, gain=2**0.5):
    linear = nn.Linear(inputs, outputs)
    nn.init.orthogonal_(linear.weight, gain)
    nn.init.zeros_(linear.bias)
    return linear


class Agent(nn.Module):
    def __init__(self, observations, actions):
        super().__init__()
        self.critic = nn.Sequential(layer(observations, 64), nn.Tanh(), layer(64, 64), nn.Tanh(), layer(64, 1, 1.0))
        self.actor = nn.Sequential(layer(observations, 64), nn.Tanh(), layer(64, 64), nn.Tanh(), layer(64, actions, 0.01))
        self.log_std = nn.Parameter(torch.zeros(1, actions))

    def value(self, observations):
        return self.critic(observations).squeeze(-1)

    def distribution(self, observations):
        mean = self.actor(observations)
        return Normal(mean, self.log_std.expand_as(mean).exp())


def make_env():
    env = gymnasium.make(env_id)
    env = gymnasium.wrappers.RecordEpisodeStatistics(env)
    env = gymnasium.wrappers.ClipAction(env)
    env = gymnasium.wrappers.NormalizeObservation(env)
    env = gymnasium.wrappers.TransformObservation(env, lambda o: numpy.clip(o, -10, 10), None)
    env = gymnasium.wrappers.NormalizeReward(env, gamma=GAMMA)
    return gymnasium.wrappers.TransformReward(env, lambda r: numpy.clip(r, -10, 10))


def train(total_steps, seed):
    torch.manual_seed(seed)
    numpy.random.seed(seed)
    env = make_env()
    size, actions = env.observation_space.shape[0], env.action_space.shape[0]
    agent = Agent(size, actions)
    optimizer = torch.optim.Adam(agent.parameters(), lr=LEARNING_RATE, eps=1e-5)
    b_obs, b_act = torch.zeros(STEPS, size), torch.zeros(STEPS, actions)
    b_logp, b_reward, b_value, b_next_value, b_end = (torch.zeros(STEPS) for _ in range(5))
    returns, iterations = [], -(-total_steps // STEPS)
    start, processor = time.perf_counter(), time.process_time()
    observation = torch.as_tensor(env.reset(seed=seed)[0], dtype=torch.float32)
    for iteration in range(iterations):
        optimizer.param_groups[0]["lr"] = LEARNING_RATE * (1 - iteration / iterations)
        for t in range(STEPS):
            with torch.no_grad():
                distribution = agent.distribution(observation[None])
                action = distribution.sample()
                b_obs[t], b_act[t] = observation, action[0]
                b_logp[t], b_value[t] = distribution.log_prob(action).sum(), agent.value(observation)
            following, reward, terminated, truncated, info = env.step(action[0].numpy())
            observation = torch.as_tensor(following, dtype=torch.float32)
            b_reward[t], b_end[t], b_next_value[t] = float(reward), float(terminated or truncated), 0.0
            if terminated or truncated:
                returns.append(float(info["episode"]["r"]))
                if not terminated:
                    with torch.no_grad():
                        b_next_value[t] = agent.value(observation)
                observation = torch.as_tensor(env.reset()[0], dtype=torch.float32)
        with torch.no_grad():
            advantages, last = torch.zeros(STEPS), 0.0
            for t in reversed(range(STEPS)):
                if b_end[t]:
                    following_value, last = b_next_value[t], 0.0
                else:
                    following_value = b_value[t + 1] if t + 1 < STEPS else agent.value(observation)
                delta = b_reward[t] + GAMMA * following_value - b_value[t]
                advantages[t] = last = delta + GAMMA * LAMBDA * last
            targets = advantages + b_value
        for _ in range(EPOCHS):
            for rows in torch.randperm(STEPS).split(STEPS // MINIBATCHES):
                distribution = agent.distribution(b_obs[rows])
                ratio = (distribution.log_prob(b_act[rows]).sum(-1) - b_logp[rows]).exp()
                advantage = advantages[rows]
                advantage = (advantage - advantage.mean()) / (advantage.std() + 1e-8)
                policy_loss = torch.max(-advantage * ratio, -advantage * ratio.clamp(1 - CLIP, 1 + CLIP)).mean()
                value = agent.value(b_obs[rows])
                clipped = b_value[rows] + (value - b_value[rows]).clamp(-CLIP, CLIP)
                value_loss = 0.5 * torch.max((value - targets[rows]) ** 2, (clipped - targets[rows]) ** 2).mean()
                optimizer.zero_grad()
                (policy_loss + VALUE_COEFFICIENT * value_loss).backward()
                nn.utils.clip_grad_norm_(agent.parameters(), MAX_NORM)
                optimizer.step()
    seconds, processor = time.perf_counter() - start, time.process_time() - processor
    env.close()
    mean_return = sum(returns[-20:]) / max(1, len(returns[-20:]))
    speed = {"stepsPerSecond": iterations * STEPS / seconds, "seconds": seconds, "processorSeconds": processor}
    return {**speed, "return": mean_return, "episodes": len(returns)}


name = f"single-file PPO, torch {torch.__version__} on 1 thread, gymnasium {gymnasium.__version__}, mujoco {mujoco.__version__}"
print(json.dumps({"peer": name}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps(train(request["steps"], request["seed"])), flush=True)
