"""Times of PyTorch eager for the update cases: the peer of `understudy bench update`.

usage: torch_update.py THREADS

One JSON line in, one out: {"case": NAME, "seconds": S} repeats the case for S seconds (at least three times) and answers
{"milliseconds": median processor time}. The first line printed names the peer. The cases are those of the benchmark of
packages/kernels:

  a64, a2048      PPO update: two 64x64 tanh networks, 17 observations, 6 actions, batch 64 or 2048; forward, clipped
                  loss, backward, Adam
  b               SAC update: 256x256 relu, batch 256; twin critics, actor, temperature, target networks
  e1, e16, e256   inference of a 17-256-256-6 relu policy with tanh output, NumPy in and out
  d               5 Langevin steps of actions through a 23-512-512-512-1 relu energy, batch 2048
"""

import copy
import json
import math
import statistics
import sys
import time

import numpy
import torch
from torch import nn

torch.set_num_threads(int(sys.argv[1]))
torch.manual_seed(0)
OBSERVATIONS, ACTIONS = 17, 6
LOG_SQRT_TWO_PI = 0.5 * math.log(2 * math.pi)


def mlp(sizes, activation):
    layers = []
    for i, (inputs, outputs) in enumerate(zip(sizes, sizes[1:])):
        layers.append(nn.Linear(inputs, outputs))
        if i + 2 < len(sizes):
            layers.append(activation())
    return nn.Sequential(*layers)


def ppo(batch):
    actor, critic = mlp([OBSERVATIONS, 64, 64, ACTIONS], nn.Tanh), mlp([OBSERVATIONS, 64, 64, 1], nn.Tanh)
    log_std = nn.Parameter(torch.zeros(ACTIONS))
    optimizer = torch.optim.Adam([*actor.parameters(), *critic.parameters(), log_std], lr=3e-4)
    observations, actions = torch.randn(batch, OBSERVATIONS), torch.randn(batch, ACTIONS)
    old_log_probability, advantages, returns = torch.randn(batch) - 8, torch.randn(batch), torch.randn(batch)

    def update():
        z = (actions - actor(observations)) / log_std.exp()
        log_probability = (-0.5 * z * z - log_std - LOG_SQRT_TWO_PI).sum(1)
        ratio = (log_probability - old_log_probability).exp()
        policy_loss = -torch.min(ratio * advantages, ratio.clamp(0.8, 1.2) * advantages).mean()
        value_loss = 0.5 * (critic(observations).squeeze(1) - returns).square().mean()
        optimizer.zero_grad(set_to_none=True)
        (policy_loss + value_loss).backward()
        optimizer.step()

    return update


def sac(batch):
    actor = mlp([OBSERVATIONS, 256, 256, 2 * ACTIONS], nn.ReLU)
    critics = [mlp([OBSERVATIONS + ACTIONS, 256, 256, 1], nn.ReLU) for _ in range(2)]
    targets = copy.deepcopy(critics)
    log_alpha = nn.Parameter(torch.zeros(()))
    critic_parameters = [p for critic in critics for p in critic.parameters()]
    target_parameters = [p for target in targets for p in target.parameters()]
    actor_optimizer = torch.optim.Adam(actor.parameters(), lr=3e-4)
    critic_optimizer = torch.optim.Adam(critic_parameters, lr=3e-4)
    alpha_optimizer = torch.optim.Adam([log_alpha], lr=3e-4)
    observations, next_observations = torch.randn(batch, OBSERVATIONS), torch.randn(batch, OBSERVATIONS)
    actions, rewards = torch.rand(batch, ACTIONS) * 2 - 1, torch.randn(batch)

    def sample(inputs):
        mean, log_std = actor(inputs).chunk(2, 1)
        log_std = log_std.clamp(-5, 2)
        noise = torch.randn_like(mean)
        squashed = (mean + log_std.exp() * noise).tanh()
        log_probability = (-0.5 * noise * noise - log_std - LOG_SQRT_TWO_PI).sum(1)
        return squashed, log_probability - (1 - squashed * squashed + 1e-6).log().sum(1)

    def value(critic, inputs, chosen):
        return critic(torch.cat([inputs, chosen], 1)).squeeze(1)

    def update():
        with torch.no_grad():
            chosen, log_probability = sample(next_observations)
            least = torch.min(value(targets[0], next_observations, chosen), value(targets[1], next_observations, chosen))
            target = rewards + 0.99 * (least - log_alpha.exp() * log_probability)
        critic_loss = sum((value(critic, observations, actions) - target).square().mean() for critic in critics)
        critic_optimizer.zero_grad(set_to_none=True)
        critic_loss.backward()
        critic_optimizer.step()
        for parameter in critic_parameters:
            parameter.requires_grad_(False)
        chosen, log_probability = sample(observations)
        least = torch.min(value(critics[0], observations, chosen), value(critics[1], observations, chosen))
        actor_optimizer.zero_grad(set_to_none=True)
        (log_alpha.exp().detach() * log_probability - least).mean().backward()
        actor_optimizer.step()
        for parameter in critic_parameters:
            parameter.requires_grad_(True)
        alpha_optimizer.zero_grad(set_to_none=True)
        (-log_alpha * (log_probability.detach() - ACTIONS)).mean().backward()
        alpha_optimizer.step()
        with torch.no_grad():
            torch._foreach_mul_(target_parameters, 0.995)
            torch._foreach_add_(target_parameters, critic_parameters, alpha=0.005)

    return update


def inference(batch):
    policy = mlp([OBSERVATIONS, 256, 256, ACTIONS], nn.ReLU)
    observations = numpy.random.default_rng(0).random((batch, OBSERVATIONS), dtype=numpy.float32)

    def act():
        with torch.inference_mode():
            return policy(torch.from_numpy(observations)).tanh().numpy()

    return act


def langevin(steps, batch=2048):
    energy = mlp([OBSERVATIONS + ACTIONS, 512, 512, 512, 1], nn.ReLU).requires_grad_(False)
    observations, start = torch.randn(batch, OBSERVATIONS), torch.randn(batch, ACTIONS)

    def sample():
        actions = start
        for _ in range(steps):
            actions = actions.detach().requires_grad_(True)
            (slopes,) = torch.autograd.grad(energy(torch.cat([observations, actions], 1)).sum(), actions)
            actions = (actions.detach() - 0.05 * slopes + 0.1 * torch.randn_like(actions)).clamp(-1, 1)
        return actions

    return sample


CASES = {
    "a64": lambda: ppo(64),
    "a2048": lambda: ppo(2048),
    "b": lambda: sac(256),
    "e1": lambda: inference(1),
    "e16": lambda: inference(16),
    "e256": lambda: inference(256),
    "d": lambda: langevin(5),
}


def median_milliseconds(step, seconds):
    times, end = [], time.perf_counter() + seconds
    while len(times) < 3 or time.perf_counter() < end:
        start = time.thread_time()
        step()
        times.append(time.thread_time() - start)
    return 1e3 * statistics.median(times)


print(json.dumps({"peer": f"torch {torch.__version__} eager, {sys.argv[1]} thread"}), flush=True)
ready = {}
for line in sys.stdin:
    request = json.loads(line)
    name = request["case"]
    if name not in ready:
        ready[name] = CASES[name]()
        for _ in range(5):
            ready[name]()
    print(json.dumps({"milliseconds": median_milliseconds(ready[name], request["seconds"])}), flush=True)
