/** Calibration on all pairs of many pictures of known people: every threshold exact, memory bounded by the pictures. */
import type { Engine } from '../engine.js';
import { checkPairCounts, countPairs, type PairCounts, type Portrait, PortraitTable } from './allPairs.js';
import type { Attribute } from './attributes.js';
import { type Calibration, cardProbability, cardThreshold, checkRate } from './calibrate.js';
import { type Grouping, type GroupRates, groupingOf, shareOf } from './groups.js';
import { fitLogistic } from './logistic.js';
import { allowedAccepts, type Cut, thresholdOf } from './operatingPoint.js';
import { differentInterval, type PairTally, sameInterval } from './pairIntervals.js';
import { ScoreCounts, ScoreCuts } from './scoreCounts.js';

/** What is wanted of a calibration, and who hears of it. */
export interface PeopleOptions {
  /** Of the portraits, in their order: rates are told for the groups of each. */
  readonly attributes?: readonly Attribute[] | undefined;
  /** Hears how many of how many comparisons are done; each pair is compared three times. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** What goes into a card, what it rests on, and how groups fare at each threshold. */
export interface PeopleCalibration extends Calibration, PairCounts {
  /** By threshold, in their order: the rates of all groups of all attributes. */
  readonly groups: readonly (readonly GroupRates[])[];
}

const ROUNDS = 3;

/** All pairs are a group of their own, of an attribute without a name. */
const EVERYTHING = '';

/** The pairs of one class in one group. */
interface Tally extends PairTally {
  pairs: number;
  readonly byPerson: Float64Array;
}

/** Of one group: pairs of the same person and of different people. */
interface ClassTallies {
  readonly same: Tally;
  readonly different: Tally;
}

function emptyTallies(people: number): ClassTallies {
  const empty = (): Tally => ({ pairs: 0, byPerson: new Float64Array(people) });
  return { same: empty(), different: empty() };
}

/** Throws as `calibratePeople` does, from the names of the people alone: before anything is embedded. */
export function checkPeople(people: readonly string[], rates: readonly number[]): PairCounts {
  const counts = countPairs(people);
  checkPairCounts(counts);
  for (const rate of rates) checkRate(rate, counts.differentPairs);
  return counts;
}

/** All pairs of each group, from the numbers of each person's pictures in it. */
function allPairsOf(grouping: Grouping, table: PortraitTable): ClassTallies[] {
  return grouping.groups.map((_, group) => {
    const tallies = emptyTallies(table.counts.people);
    const pictures = new Float64Array(table.counts.people);
    table.portraitOf.forEach((portrait, row) => {
      if (grouping.groupOf[portrait] === group) pictures[table.personOf[row]!]!++;
    });
    const total = pictures.reduce((sum, count) => sum + count, 0);
    for (const [person, count] of pictures.entries()) {
      tallies.same.byPerson[person] = (count * (count - 1)) / 2;
      tallies.different.byPerson[person] = count * (total - count);
      tallies.same.pairs += (count * (count - 1)) / 2;
      tallies.different.pairs += (count * (total - count)) / 2;
    }
    return tallies;
  });
}

/** Accepted pairs by cut, grouping and group. */
function countAccepted(
  table: PortraitTable,
  cuts: readonly Cut[],
  groupings: readonly Grouping[],
  onProgress: (pairs: number) => void,
): ClassTallies[][][] {
  const { personOf, counts } = table;
  const accepted = cuts.map(() => groupings.map(({ groups }) => groups.map(() => emptyTallies(counts.people))));
  // By row, not by portrait.
  const groupsOf = groupings.map(({ groupOf }) => Int16Array.from(table.portraitOf, (portrait) => groupOf[portrait]!));
  const lowest = Math.min(...cuts.map(({ refused }) => refused));
  const count = (row: number, other: number, score: number, same: boolean) => {
    for (const [cut, { refused }] of cuts.entries()) {
      if (!(score > refused)) continue;
      for (const [number, groupOf] of groupsOf.entries()) {
        const group = groupOf[row]!;
        if (group < 0 || groupOf[other] !== group) continue;
        const tally = accepted[cut]![number]![group]![same ? 'same' : 'different'];
        tally.pairs++;
        tally.byPerson[personOf[row]!]!++;
        if (!same) tally.byPerson[personOf[other]!]!++;
      }
    }
  };
  table.visitPairs((row, first, scores, same) => {
    for (let index = 0; index < scores.length; index++) {
      if (scores[index]! > lowest) count(row, first + index, scores[index]!, same);
    }
  }, onProgress);
  return accepted;
}

function ratesOf(attribute: string, group: string, accepted: ClassTallies, all: ClassTallies): GroupRates {
  return {
    attribute,
    group,
    samePairs: all.same.pairs,
    trueAccepts: accepted.same.pairs,
    trueAcceptRate: shareOf(accepted.same.pairs, all.same.pairs),
    trueAcceptInterval: sameInterval(accepted.same, all.same),
    differentPairs: all.different.pairs,
    falseAccepts: accepted.different.pairs,
    falseAcceptRate: shareOf(accepted.different.pairs, all.different.pairs),
    falseAcceptInterval: differentInterval(accepted.different, all.different),
  };
}

/** The cuts for the rates, and the counts of all scores. */
function findCuts(
  table: PortraitTable,
  rates: readonly number[],
  onProgress: (comparisons: number) => void,
): { readonly counts: ScoreCounts; readonly cuts: readonly Cut[] } {
  const { samePairs, differentPairs } = table.counts;
  const counts = new ScoreCounts();
  table.visitPairs((_, __, scores, same) => counts.add(scores, same), onProgress);
  const cuts = new ScoreCuts(
    counts,
    rates.map((rate) => allowedAccepts(rate, differentPairs)),
  );
  table.visitPairs(
    (_, __, scores, same) => cuts.add(scores, same),
    (pairs) => onProgress(samePairs + differentPairs + pairs),
  );
  return { counts, cuts: cuts.cuts() };
}

/**
 * Calibrates on all pairs of the portraits: pairs of two people are of different people, all others of the same. For
 * each false-accept rate a threshold, and the probability; `data` names the portraits in the card. Scores are float32
 * inner products of unit embeddings, compared in three rounds, none of which keeps them.
 * Throws InputError BAD_RATE, RATE_UNSUPPORTED where fewer than 30 false accepts are to be expected, ONE_CLASS,
 * NO_RELATION, ZERO_EMBEDDING or NOT_FINITE, ShapeError VECTOR_LENGTH, UnavailableError OUT_OF_MEMORY.
 */
export function calibratePeople(
  engine: Engine,
  portraits: readonly Portrait[],
  rates: readonly number[],
  data: string,
  options: PeopleOptions = {},
): PeopleCalibration {
  const { samePairs, differentPairs } = checkPeople(
    portraits.map(({ person }) => person),
    rates,
  );
  const pairs = samePairs + differentPairs;
  const onProgress = (done: number) => options.onProgress?.(done, ROUNDS * pairs);
  using table = new PortraitTable(engine, portraits);
  const { counts, cuts } = findCuts(table, rates, onProgress);
  const everything: Attribute = { name: EVERYTHING, values: portraits.map(() => EVERYTHING) };
  const groupings = [everything, ...(options.attributes ?? [])].map(groupingOf);
  const all = groupings.map((grouping) => allPairsOf(grouping, table));
  const accepted = countAccepted(table, cuts, groupings, (done) => onProgress((ROUNDS - 1) * pairs + done));
  const found = cuts.map((_, cut) =>
    groupings.flatMap(({ attribute, groups }, number) =>
      groups.map((group, index) => ratesOf(attribute, group, accepted[cut]![number]![index]!, all[number]![index]!)),
    ),
  );
  const bins = (same: boolean) =>
    (same ? counts.same : counts.different).bins().map(({ mean, count }) => ({ score: mean, same, count }));
  return {
    ...table.counts,
    thresholds: cuts.map((cut, index) =>
      cardThreshold({ ...found[index]![0]!, threshold: thresholdOf(cut) }, rates[index]!, data),
    ),
    probability: cardProbability(fitLogistic([...bins(true), ...bins(false)]), data, pairs),
    groups: found.map(([, ...groups]) => groups),
  };
}
