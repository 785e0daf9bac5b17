"""Steps a second of a tabular environment in Python, stepped as Gymnasium steps it (its sampling with numpy included) but without its
wrappers and info dictionaries, which would make it slower: uniform random actions drawn beforehand, episodes begun anew at their ends.

usage: tabular.py TABLES ENV SECONDS
TABLES: the recorded tables (tabular_tables.jsonl.gz); ENV: the id of one of them, or Blackjack-v1
"""
import gzip
import json
import sys
import time

import numpy as np

BLOCK = 2000


def sample(probabilities, random):
    return np.argmax(np.cumsum(np.asarray(probabilities)) > random.random())


class Table:
    def __init__(self, table, random):
        self.actions = table["n_actions"]
        self.transitions = [[[tuple(outcome) for outcome in outcomes] for outcomes in row] for row in table["P"]]
        self.initial = np.array(table["initial_state_distrib"])
        self.limit = table["max_episode_steps"] or float("inf")
        self.random = random

    def reset(self):
        self.state = int(sample(self.initial, self.random))
        self.steps = 0
        return self.state

    def step(self, action):
        outcomes = self.transitions[self.state][action]
        _, self.state, reward, terminated = outcomes[sample([outcome[0] for outcome in outcomes], self.random)]
        self.steps += 1
        return self.state, reward, terminated, self.steps >= self.limit


class Blackjack:
    DECK = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10, 10]

    def __init__(self, random):
        self.actions = 2
        self.random = random

    def card(self):
        return int(self.random.choice(self.DECK))

    @staticmethod
    def value(hand):
        total = sum(hand)
        return (total + 10, 1) if 1 in hand and total <= 11 else (total, 0)

    def observe(self):
        return (*self.value(self.player), self.dealer[0])

    def reset(self):
        self.dealer = [self.card(), self.card()]
        self.player = [self.card(), self.card()]
        return self.observe()

    def step(self, action):
        if action:
            self.player.append(self.card())
            bust = sum(self.player) > 21
            return self.observe(), -1.0 if bust else 0.0, bust, False
        while self.value(self.dealer)[0] < 17:
            self.dealer.append(self.card())
        mine, its = self.value(self.player)[0], self.value(self.dealer)[0]
        its = 0 if its > 21 else its
        natural = sorted(self.player) == [1, 10] and sorted(self.dealer) != [1, 10]
        return self.observe(), 1.0 if natural else float(mine > its) - float(mine < its), True, False


def make(tables, name, random):
    if name == "Blackjack-v1":
        return Blackjack(random)
    with gzip.open(tables, "rt") as lines:
        table = next(table for table in map(json.loads, lines) if table["env"] == name and not table["kwargs"])
    return Table(table, random)


def main(tables, name, seconds):
    random = np.random.Generator(np.random.PCG64(1))
    environment = make(tables, name, random)
    actions = random.integers(environment.actions, size=BLOCK).tolist()
    environment.reset()
    steps, start = -BLOCK, 0.0
    while steps <= 0 or time.perf_counter() - start < seconds:
        # The first block warms up and is not counted.
        start = time.perf_counter() if steps == 0 else start
        for action in actions:
            _, _, terminated, truncated = environment.step(action)
            if terminated or truncated:
                environment.reset()
        steps += BLOCK
    print(steps / (time.perf_counter() - start))


main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
