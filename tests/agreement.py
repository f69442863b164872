#!/usr/bin/env python3
"""Every figure of the Score view, computed again from an exported archive.

    python3 tests/agreement.py ARCHIVE.jsonl ANNOTATOR > figures.json

The standard library is enough. What comes out has the form of `pairloom stats --json`: "agreement" and "judges".
How each figure is defined stands beside it; the words are those of src/domain/agreement.rs.
"""

import json
import math
import sys
from collections import defaultdict
from statistics import NormalDist

SEED = 2306056850  # of all draws of groups
DRAWS = 2000
ENOUGH_GROUPS = 30  # below that no interval, and no weighting
TIE = 1e-9  # scores nearer than this are a scorer's tie
SAME = 1e-12  # figures nearer than this differ by the order of adding up
Z95 = 1.959963984540054
MASK = (1 << 64) - 1


# Draws


class SplitMix64:
    """Steele, Lea, Flood 2014."""

    def __init__(self, seed):
        self.state = seed & MASK

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        word = self.state
        word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & MASK
        return word ^ (word >> 31)

    def below(self, end):
        return self.next() % end


def group_seed(group):
    """The high half of the id, its own halves swapped, with the low half over it."""
    number = int(group.replace("-", ""), 16)
    high, low = number >> 64, number & MASK
    return (((high << 32) | (high >> 32)) & MASK) ^ low


def own_number(seed, group):
    """Uniform in [0, 1): the seed stirred with the high half of the id, then with the low half."""
    number = int(group.replace("-", ""), 16)
    high, low = number >> 64, number & MASK
    stirred = SplitMix64(seed ^ (((high << 29) | (high >> 35)) & MASK)).next()
    return (SplitMix64(stirred ^ low).next() >> 11) / (1 << 53)


# Intervals


def wilson(hits, count):
    if count <= 0:
        return None
    share = hits / count
    stretch = Z95 * Z95 / count
    half = Z95 * math.sqrt(share * (1 - share) / count + stretch / (4 * count))
    low = (share + stretch / 2 - half) / (1 + stretch) if hits > 0 else 0.0
    high = (share + stretch / 2 + half) / (1 + stretch) if hits < count else 1.0
    return [low, high]


def quantile(ordered, share):
    place = min(max(share, 0.0), 1.0) * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def add_up(rows, counts=None):
    sums = [0.0] * len(rows[0])
    for group, row in enumerate(rows):
        count = 1.0 if counts is None else counts[group]
        if count:
            for place, value in enumerate(row):
                if value:
                    sums[place] += count * value
    return sums


def bca(rows, figures):
    """Efron 1987: bias by the share of draws below, acceleration by leaving out one group at a time."""
    normal = NormalDist()
    totals = add_up(rows)
    centres = figures(totals)
    drawn = [[] for _ in centres]
    random = SplitMix64(SEED)
    for _ in range(DRAWS):
        counts = [0] * len(rows)
        for _ in rows:
            counts[random.below(len(rows))] += 1
        for values, value in zip(drawn, figures(add_up(rows, counts))):
            if value is not None:
                values.append(value)
    without = [figures([total - value for total, value in zip(totals, row)]) for row in rows]
    intervals = []
    for place, (centre, values) in enumerate(zip(centres, drawn)):
        values.sort()
        if centre is None or len(values) < 2 or len(values) < 0.95 * DRAWS:
            intervals.append(None)
            continue
        near = SAME * max(abs(centre), 1.0)
        if values[-1] - values[0] <= near:
            intervals.append(None)
            continue
        below = sum(value < centre - near for value in values)
        equal = sum(value <= centre + near for value in values) - below
        share = (below + equal / 2) / len(values)
        bias = normal.inv_cdf(share) if 0 < share < 1 else (9.0 if share >= 1 else -9.0)
        left = [figure[place] for figure in without if figure[place] is not None]
        mean = sum(left) / len(left)
        squares = sum((mean - value) ** 2 for value in left)
        cubes = sum((mean - value) ** 3 for value in left)
        pull = cubes / (6 * squares**1.5) if squares > 0 else 0.0
        ends = []
        for z in (-Z95, Z95):
            stretched = bias + (bias + z) / (1 - pull * (bias + z))
            ends.append(quantile(values, normal.cdf(stretched)))
        intervals.append(ends)
    return intervals


def one_sided(value, groups):
    """Of a share that is none or all: Wilson's interval, groups as cases."""
    return wilson(round(value) * groups, groups) if abs(value - round(value)) < 1e-12 else None


def measured(value, interval, groups, cases):
    return {"value": value, "interval": interval, "groups": groups, "cases": round(cases)}


def share(rows):
    """Hits by totals over groups that have some."""
    rows = [row for row in rows if row[1] > 0]
    if not rows:
        return None
    hits, total = add_up(rows)
    interval = None
    if len(rows) >= ENOUGH_GROUPS:
        interval = bca(rows, lambda sums: [sums[0] / sums[1] if sums[1] > 0 else None])[0]
        interval = interval or one_sided(hits / total, len(rows))
    return measured(hits / total, interval, len(rows), total)


# One group


def side(one, other):
    return (one - other > TIE) - (one - other < -TIE)


def credit(way):
    return (way + 1) / 2


def decided(both):
    """Pairs that cross tiers, the better reply first. A reply: (tier, score, length)."""
    for first in range(len(both)):
        for second in range(first + 1, len(both)):
            one, other = both[first], both[second]
            if one[0] != other[0]:
                yield (one, other) if one[0] < other[0] else (other, one)


def tau_b(one, other):
    net = untied_one = untied_other = 0
    for first in range(len(one)):
        for second in range(first):
            here, there = side(one[first], one[second]), side(other[first], other[second])
            net += here * there
            untied_one += abs(here)
            untied_other += abs(there)
    possible = math.sqrt(untied_one * untied_other)
    return net / possible if possible > 0 else None


def row_of(both, seed):
    """Sums: right, decided; top, 1; tau, 1; nine cells of kappa; longer by person, by scorer, of. And top's chance."""
    row = [0.0] * 18
    for better, worse in decided(both):
        worth = credit(side(better[1], worse[1]))
        row[0] += worth
        row[1] += 1
        if better[2] != worse[2]:
            longer = better[2] > worse[2]
            row[15] += longer
            row[16] += worth if longer else 1 - worth
            row[17] += 1
    chance = 0.0
    if row[1] > 0:
        most, first = max(reply[1] for reply in both), min(reply[0] for reply in both)
        best = [reply for reply in both if side(most, reply[1]) == 0]
        top = [reply for reply in both if reply[0] == first]
        row[2], row[3] = sum(reply[0] == first for reply in best) / len(best), 1.0
        chance = len(top) / len(both)
    tau = tau_b([-reply[0] for reply in both], [reply[1] for reply in both])
    if tau is not None:
        row[4], row[5] = tau, 1.0
    random = SplitMix64(seed)
    for first in range(len(both)):
        for second in range(first + 1, len(both)):
            one, other = both[first], both[second]
            turn = -1 if random.below(2) == 1 else 1
            person, scorer = side(other[0], one[0]) * turn, side(one[1], other[1]) * turn
            row[6 + 3 * (person + 1) + scorer + 1] += 1
    return row, chance


def kappa(cells):
    total = sum(cells)
    if total <= 0:
        return None
    person = [sum(cells[3 * row : 3 * row + 3]) for row in range(3)]
    scorer = [sum(cells[column::3]) for column in range(3)]
    observed = sum(cells[4 * way] for way in range(3)) / total
    expected = sum(person[way] * scorer[way] for way in range(3)) / (total * total)
    return (observed - expected) / (1 - expected) if expected < 1 - 1e-12 else None


def figures(sums):
    def mean(hits, total):
        return sums[hits] / sums[total] if sums[total] > 0 else None

    return [mean(0, 1), mean(2, 3), mean(4, 5), kappa(sums[6:15]), mean(15, 17), mean(16, 17)]


def cases(row, figure):
    return (row[1], row[3], row[5], sum(row[6:15]), row[17], row[17])[figure]


# One scorer against the person


def effective(weights):
    weights = list(weights)
    squares = sum(weight * weight for weight in weights)
    return sum(weights) ** 2 / squares if squares > 0 else 0.0


def person(name, groups, unit):
    """groups: dicts of seed, replies [(tier, score, length)] with None, weight, audit; in the order of their numbers."""
    told = []
    for group in groups:
        both = [reply for reply in group["replies"] if reply[0] is not None and reply[1] is not None]
        if len(both) >= 2:
            row, chance = row_of(both, group["seed"])
            told.append({**group, "both": both, "row": row, "chance": chance})
    is_random = sum(group["weight"] is not None for group in told) >= ENOUGH_GROUPS
    sample = [group for group in told if not is_random or group["weight"] is not None]

    def weigh(group):
        return group["weight"] if is_random else 1.0

    rows = [[value * weigh(group) for value in group["row"]] for group in sample]
    values = figures(add_up(rows)) if rows else [None] * 6
    intervals = bca(rows, figures) if len(rows) >= ENOUGH_GROUPS else [None] * 6

    def one(figure):
        having = [group for group in sample if cases(group["row"], figure) > 0]
        if values[figure] is None:
            return None
        interval = None
        if len(having) >= ENOUGH_GROUPS:
            interval = intervals[figure]
            if interval is None and figure not in (2, 3):
                interval = one_sided(values[figure], effective(weigh(group) for group in having))
        return measured(values[figure], interval, len(having), sum(cases(group["row"], figure) for group in having))

    scored = named = 0.0
    for group in groups:
        weight = group["weight"] if is_random else 1.0
        if weight is None:
            continue
        both = [reply for reply in group["replies"] if reply[0] is not None and reply[1] is not None]
        tiers = [(reply[0], 0, 0) for reply in group["replies"] if reply[0] is not None]
        scored += weight * sum(1 for _ in decided(both))
        named += weight * sum(1 for _ in decided(tiers))
    tops = sum(weigh(group) * group["row"][3] for group in sample)
    lots = sum(weigh(group) * group["chance"] for group in sample)
    longer = [one(4), one(5)]
    basis = {"random": {"effective": effective(group["weight"] for group in sample)}} if is_random else "labeled"
    return {
        "scorer": name,
        "basis": basis,
        "accuracy": one(0),
        "coverage": scored / named if named > 0 else None,
        "top": one(1),
        "top_chance": lots / tops if tops > 0 else None,
        "tau": one(2),
        "tau_undefined": sum(group["row"][5] == 0 for group in sample),
        "kappa": one(3),
        "audit": share([group["row"][:2] for group in told if group["audit"]]),
        "unit": unit,
        "margins": margins([group for group in sample if group["row"][1] > 0], unit, is_random) if unit else None,
        "spread": spread(groups, unit) if unit else None,
        "longer": {"person": longer[0], "scorer": longer[1]} if None not in longer else None,
    }


def sigmoid(x):
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def slope(pairs):
    """b of P = sigma(b m): Newton's method."""
    value = 0.0
    for _ in range(100):
        rise = bend = 0.0
        for margin, agrees in pairs:
            chance = sigmoid(value * margin)
            rise += margin * (agrees - chance)
            bend += margin * margin * chance * (1 - chance)
        if bend <= 0:
            return None
        value += rise / bend
        if abs(rise / bend) <= 1e-12 * abs(value):
            return value
    return None


def margins(groups, unit, is_random):
    told = []  # margin in units, whether the person agrees, group, part
    for number, group in enumerate(groups):
        for better, worse in decided(group["both"]):
            way = side(better[1], worse[1])
            if way:
                told.append((abs(better[1] - worse[1]) / unit, float(way > 0), number, group["seed"] % 5))
    if not told:
        return None
    bins = []
    for start, end in ((0.0, 0.25), (0.25, 0.5), (0.5, 1.0), (1.0, 2.0), (2.0, math.inf)):
        inside = [pair for pair in told if start <= pair[0] < end]
        if inside:
            agree = sum(pair[1] > 0.5 for pair in inside)
            bins.append({"from": start, "to": None if end == math.inf else end, "pairs": len(inside), "agree": agree})
    found = {"bins": bins, "slope": None, "steps": [], "log_loss": None}
    count = len({pair[2] for pair in told})
    if is_random and len(told) >= 100 and count >= 60:
        value = slope([pair[:2] for pair in told])
        if value is not None:
            bend, rises = 0.0, defaultdict(float)
            for margin, agrees, group, _ in told:
                chance = sigmoid(value * margin)
                bend += margin * margin * chance * (1 - chance)
                rises[group] += margin * (agrees - chance)
            squares = sum(rise * rise for rise in rises.values())
            found["slope"] = [value, math.sqrt(len(rises) / (len(rises) - 1) * squares) / bend]
            found["log_loss"] = log_loss(told)
    if is_random and len(told) >= 1000:
        found["steps"] = isotonic([pair[:2] for pair in told])
    return found


def log_loss(told):
    total = 0.0
    for part in range(5):
        inside = [pair for pair in told if pair[3] == part]
        if inside:
            value = slope([pair[:2] for pair in told if pair[3] != part])
            if value is None:
                return None
            total -= sum(math.log(sigmoid(value * margin * (2 * agrees - 1))) for margin, agrees, _, _ in inside)
    return total / len(told)


def isotonic(pairs):
    """Pool adjacent violators; the corners of the curve, never under one half."""
    ordered = sorted(pairs, key=lambda pair: pair[0])
    blocks = []  # start, end, sum, count
    for place, (margin, agrees) in enumerate(ordered):
        block = (place, place + 1, agrees, 1)
        while blocks and (ordered[blocks[-1][1] - 1][0] == margin or blocks[-1][2] / blocks[-1][3] >= block[2] / block[3]):
            before = blocks.pop()
            block = (before[0], block[1], before[2] + block[2], before[3] + block[3])
        blocks.append(block)
    curve = []
    for start, end, total, count in blocks:
        for margin, _ in ordered[start:end]:
            if not curve or curve[-1][0] != margin:
                curve.append([margin, max(total / count, 0.5)])
    last = len(curve) - 1
    return [
        point
        for place, point in enumerate(curve)
        if place in (0, last) or curve[place - 1][1] != point[1] or point[1] != curve[place + 1][1]
    ]


def spread(groups, unit):
    """Scores less their group's mean; 24 bins of a quarter unit, what lies outside in the outermost."""
    chosen, left_out = [], []
    for group in groups:
        scores = [score for _, score, _ in group["replies"] if score is not None]
        best = min((tier for tier, _, _ in group["replies"] if tier is not None), default=None)
        for tier, score, _ in group["replies"]:
            if tier is not None and score is not None:
                (chosen if tier == best else left_out).append(score - sum(scores) / len(scores))
    if not chosen and not left_out:
        return None
    width = 0.25 * unit

    def counts(values):
        bins = [0] * 24
        for value in values:
            bins[int(min(max(math.floor((value + 12 * width) / width), 0), 23))] += 1
        return bins

    def median(values):
        values = sorted(values)
        return (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2 if values else None

    return {
        "from": -12 * width,
        "width": width,
        "chosen": counts(chosen),
        "left_out": counts(left_out),
        "median_chosen": median(chosen),
        "median_left_out": median(left_out),
    }


# The archive


class Archive:
    def __init__(self, path, annotator):
        self.groups, self.scorers, self.designs = {}, [], {}
        by_group = ("reply", "label", "judgement", "pick", "reveal", "repeat", "call")
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                item = json.loads(line)
                kind = item["kind"]
                if kind == "annotator" and item["name"] == annotator:
                    self.annotator = item["id"]
                elif kind == "scorer" and not item.get("removed") and not item["scorer"].get("calibrates"):
                    self.scorers.append(item["scorer"])
                elif kind == "design":
                    self.designs[item["annotator"]] = item["design"]
                elif kind == "group":
                    self.groups[item["id"]] = {**item, **{of: [] for of in by_group}}
                elif kind in by_group:
                    self.groups[item["group"]][kind].append(item)
        for group in self.groups.values():
            self.prepare(group)

    def mine(self, group, kind):
        return [item for item in group[kind] if item["annotator"] == self.annotator]

    def prepare(self, group):
        of_round = [reply for reply in group["reply"] if reply["round"] == group["round"]]
        of_round.sort(key=lambda reply: reply["slot"])
        group["lengths"] = {reply["id"]: len(reply["text"]) for reply in of_round}
        shown = [reply for reply in of_round if not reply.get("hidden") and reply["slot"] < group["wanted"]]
        group["shown"] = [reply["id"] for reply in shown]
        now = [label for label in self.mine(group, "label") if label["round"] == group["round"]]
        seen = [reveal for reveal in self.mine(group, "reveal") if reveal["round"] == group["round"]]
        group["now"] = now[0] if now else None
        group["seen"] = bool(seen)
        group["blind"] = (seen[0].get("blind") if seen else None) or group["now"]
        if group["blind"] and group["blind"]["seconds"] <= 0:
            # It came with a file: nobody said it here.
            group["blind"] = group["now"] = None

    def judgement(self, group, scorer):
        """The one of the replies that are shown."""
        for found in group["judgement"]:
            same = [score["reply"] for score in found["scores"]] == group["shown"]
            if found["scorer"] == scorer and found["round"] == group["round"] and same:
                return found
        return None

    def weight(self, group):
        """A random pick stands for one over its stratum's fraction, where its own number is below that."""
        design = self.designs.get(self.annotator, {"seed": 0, "fractions": []})
        for pick in self.mine(group, "pick"):
            if pick["draw"] == "random":
                chances = [chance for stratum, chance in design["fractions"] if stratum == pick.get("stratum")]
                if chances and own_number(design["seed"], group["id"]) < chances[0]:
                    return 1 / chances[0]
        return None


def tiers(label):
    if label is None or label["verdict"] == "none_acceptable":
        return {}
    return {reply: tier for tier, replies in enumerate(label["verdict"]["ranked"]) for reply in replies}


def values(judgement):
    return [score["result"].get("value") for score in judgement["scores"]]


def checked(archive, group, judgement):
    blind = tiers(group["blind"])
    lengths, scored = group["lengths"], [score["reply"] for score in judgement["scores"]]
    replies = [(blind.get(reply), score, lengths.get(reply, 0)) for reply, score in zip(scored, values(judgement))]
    # Named by the label and looked at by no scorer: written by people.
    replies += [(blind[reply], None, lengths[reply]) for reply in lengths if reply in blind and reply not in scored]
    audit = any(pick["draw"] == "audit" for pick in archive.mine(group, "pick"))
    seed = group_seed(group["id"])
    return {"seed": seed, "replies": replies, "weight": archive.weight(group), "audit": audit}


def deviation(judgements):
    squares = freedom = 0
    for judgement in judgements:
        scores = [value for value in values(judgement) if value is not None]
        if len(scores) >= 2:
            mean = sum(scores) / len(scores)
            squares += sum((score - mean) ** 2 for score in scores)
            freedom += len(scores) - 1
    return math.sqrt(squares / freedom) if squares > 0 else None


def is_same(blind, now):
    """Both say the same of every two replies that both name."""
    before, after = tiers(blind), tiers(now)
    both = [(before[reply], after[reply]) for reply in before if reply in after]
    return bool(before) == bool(after) and all(
        side(one[0], other[0]) == side(one[1], other[1]) for one in both for other in both
    )


def net(named, compared, judgement):
    """Pairs of the compared replies that the scorer puts as the label does, less those that it puts the other way."""
    scores = {score["reply"]: score["result"].get("value") for score in judgement["scores"]}
    told = [(reply, score) for reply, score in scores.items() if reply in named and reply in compared]
    both = [(named[reply], score, 0) for reply, score in told if score is not None]
    return sum(side(better[1], worse[1]) for better, worse in decided(both))


def with_themselves(archive):
    rows = []
    groups = [group for group in archive.groups.values() if group["blind"]]
    for group in sorted(groups, key=lambda group: group["id"]):
        for repeat in archive.mine(group, "repeat"):
            if repeat["label"] is None or repeat["round"] != group["blind"]["round"]:
                continue
            first, second = tiers(group["blind"]), tiers(repeat["label"])
            named = [(first[reply], second[reply]) for reply in group["lengths"] if reply in first and reply in second]
            ways = [
                (side(one[0], other[0]), side(one[1], other[1]))
                for place, one in enumerate(named)
                for other in named[place + 1 :]
            ]
            both = [way for way in ways if 0 not in way]
            rows.append([float(sum(one == other for one, other in both)), float(len(both))])
    found = share(rows)
    if not found:
        return None
    again = found["value"]
    return {"accuracy": found, "ceiling": (1 + math.sqrt(2 * again - 1)) / 2 if again > 0.5 else None}


def between(archive, judge, reward):
    rows = []
    for group in archive.groups.values():
        one, other = archive.judgement(group, judge["id"]), archive.judgement(group, reward["id"])
        if not one or not other:
            continue
        both = [pair for pair in zip(values(one), values(other)) if None not in pair]
        right = of = 0.0
        for place, first in enumerate(both):
            for second in both[place + 1 :]:
                judged = side(first[0], second[0])
                if judged:
                    of += 1
                    right += credit(side(first[1], second[1]) * judged)
        rows.append([right, of])
    found = share(rows)
    return {"judge": judge["name"], "reward": reward["name"], "accuracy": found} if found else None


def agreement(archive):
    groups = sorted(archive.groups.values(), key=lambda group: group["number"])
    archive.groups = {group["id"]: group for group in groups}
    found = {"scorers": [], "itself": with_themselves(archive), "between": []}
    seen = [group for group in groups if group["seen"] and group["now"]]
    changed = [group for group in seen if not is_same(group["blind"], group["now"])]
    toward = 0
    for group in changed:
        judged = [archive.judgement(group, scorer["id"]) for scorer in archive.scorers]
        first = next((judgement for judgement in judged if judgement), None)
        before, now = tiers(group["blind"]), tiers(group["now"])
        both = set(before) & set(now) if before and now else set(before) | set(now)
        toward += bool(first and net(now, both, first) > net(before, both, first))
    found["changes"] = {"revealed": len(seen), "changed": len(changed), "toward": toward}
    for scorer in archive.scorers:
        judged = [(group, archive.judgement(group, scorer["id"])) for group in groups]
        judged = [(group, judgement) for group, judgement in judged if judgement]
        labeled = [checked(archive, group, judgement) for group, judgement in judged if group["blind"]]
        labeled = [group for group in labeled if any(tier is not None for tier, _, _ in group["replies"])]
        if labeled:
            unit = deviation(judgement for _, judgement in judged)
            found["scorers"].append(person(scorer["name"], labeled, unit))
    judges = [scorer for scorer in archive.scorers if "judge" in scorer["kind"]]
    rewards = [scorer for scorer in archive.scorers if "reward" in scorer["kind"]]
    pairs = [between(archive, judge, reward) for judge in judges for reward in rewards]
    found["between"] = [pair for pair in pairs if pair]
    return found


# A judge on itself


class Ratio:
    """Hits by totals over groups; errors by group."""

    def __init__(self):
        self.rows = []

    def add(self, hits, total):
        if total > 0:
            self.rows.append((hits, total))

    def figure(self, what, is_share=True):
        if not self.rows:
            return []
        hits, total = sum(row[0] for row in self.rows), sum(row[1] for row in self.rows)
        value, groups = hits / total, len(self.rows)
        rest = sum((row[0] - value * row[1]) ** 2 for row in self.rows)
        error = math.sqrt(groups / (groups - 1) * rest) / total if groups > 1 else None
        interval = None
        if not is_share:
            interval = None if error is None else [value - Z95 * error, value + Z95 * error]
        elif value in (0.0, 1.0):
            interval = wilson(value * groups, groups)
        elif error is not None:
            # As many independent cases as would give the same error, and no more than there are.
            count = min(value * (1 - value) / error**2, total) if error > 0 else total
            interval = wilson(value * count, count)
        return [{"what": what, "value": value, "interval": interval, "cases": round(total)}]


def judge_itself(archive, scorer):
    flips, primacy, ties, longer = Ratio(), Ratio(), Ratio(), Ratio()
    pair_circles, list_circles = Ratio(), Ratio()
    firsts, lists_of = defaultdict(Ratio), defaultdict(int)
    heard_groups = 0
    for group in archive.groups.values():
        judgement = archive.judgement(group, scorer["id"])
        if not judgement or not judgement.get("spread") or heard_groups >= 3000:
            continue
        heard_groups += 1
        known = [score["reply"] for score in judgement["scores"]]
        lists, pairs = [], []
        calls = [call for call in group["call"] if call["scorer"] == scorer["id"] and not call.get("superseded")]
        calls = [call["call"] for call in calls if call["revision"] == revision(known)]
        for call in sorted(calls, key=lambda call: (call["step"], call["attempt"])):
            shown, verdict = call["shown"], call["verdict"]
            if not verdict or any(reply not in known for reply in shown):
                continue
            if "order" in verdict:
                lists.append((shown, verdict["order"]))
            elif "winner" in verdict and len(shown) == 2:
                pairs.append((shown[0], shown[1], verdict["winner"]))
        if lists or pairs:
            add_swaps(pairs, flips, primacy)
            add_places(lists, firsts, lists_of)
            tied = sum(len(tier) * (len(tier) - 1) // 2 for _, order in lists for tier in order)
            named = [sum(map(len, order)) for _, order in lists]
            ties.add(tied, sum(count * (count - 1) // 2 for count in named))
            by_pairs, by_lists = defaultdict(int), defaultdict(int)
            for first, second, winner in pairs:
                if winner is not None:
                    win(by_pairs, winner, second if winner == first else first)
            for _, order in lists:
                for place, tier in enumerate(order):
                    for worse in [reply for rest in order[place + 1 :] for reply in rest]:
                        for better in tier:
                            win(by_lists, better, worse)
            pair_circles.add(*circles(known, by_pairs))
            list_circles.add(*circles(known, by_lists))
            wins = {pair: by_pairs[pair] + by_lists[pair] for pair in set(by_pairs) | set(by_lists)}
            lengths = group["lengths"]
            ahead = [pair for pair, net in wins.items() if net > 0 and lengths[pair[0]] != lengths[pair[1]]]
            longer.add(sum(lengths[winner] > lengths[loser] for winner, loser in ahead), len(ahead))
    found = []
    if lists_of:
        # Of the length that most lists have, the longest of equals.
        length = max(lists_of, key=lambda length: (lists_of[length], length))
        found += firsts[length].figure({"first_place": {"replies": length}})
    found += flips.figure("flips") + primacy.figure("primacy", is_share=False) + ties.figure("ties")
    found += (pair_circles if pair_circles.rows else list_circles).figure("circles") + longer.figure("longer_wins")
    return found


def revision(replies):
    """FNV-1a of the ids."""
    found = 0xCBF29CE484222325
    for byte in b"".join(bytes.fromhex(reply.replace("-", "")) for reply in replies):
        found = ((found ^ byte) * 0x100000001B3) & MASK
    return found


def win(wins, winner, loser):
    wins[winner, loser] += 1
    wins[loser, winner] -= 1


def circles(known, wins):
    circular = triples = 0
    for first in range(len(known)):
        for second in range(first):
            for third in range(second):
                a, b, c = known[first], known[second], known[third]
                around = [wins.get(pair, 0) for pair in ((a, b), (b, c), (c, a))]
                if 0 not in around:
                    triples += 1
                    circular += abs(sum(1 if net > 0 else -1 for net in around)) == 3
    return circular, triples


def add_swaps(pairs, flips, primacy):
    """Pairs shown both ways round, with a winner each time."""
    ways = defaultdict(lambda: ([], []))
    for first, second, winner in pairs:
        if winner is not None:
            ways[tuple(sorted((first, second)))][first > second].append(winner == first)
    both = [swap for one_way, other_way in ways.values() for swap in zip(one_way, other_way)]
    first, second = sum(all(swap) for swap in both), sum(not any(swap) for swap in both)
    flips.add(first + second, len(both))
    primacy.add(first - second, len(both))


def add_places(lists, firsts, lists_of):
    """How often what is shown first is ranked first, of lists that sort exactly what was shown; a tie by its share."""
    hits, counts = defaultdict(float), defaultdict(int)
    for shown, order in lists:
        if len(shown) > 1 and sorted(shown) == sorted(reply for tier in order for reply in tier):
            counts[len(shown)] += 1
            hits[len(shown)] += 1 / len(order[0]) if shown[0] in order[0] else 0.0
    for length, count in counts.items():
        firsts[length].add(hits[length], count)
        lists_of[length] += count


def main():
    path, annotator = sys.argv[1:]
    archive = Archive(path, annotator)
    found = {**agreement(archive), "annotator": annotator, "seed": SEED, "draws": DRAWS}
    judges = [scorer for scorer in archive.scorers if "judge" in scorer["kind"]]
    itself = {scorer["name"]: judge_itself(archive, scorer) for scorer in judges}
    json.dump({"agreement": found, "judges": itself}, sys.stdout)


if __name__ == "__main__":
    main()
