/** Which pictures belong to which group, and what the pairs within each group are. */
import type { CardInterval } from '../model/card.js';
import type { Attribute } from './attributes.js';
import { wilsonInterval } from './operatingPoint.js';

/** How pairs of one group are decided: pairs whose two pictures are both in it. */
export interface GroupRates {
  readonly attribute: string;
  readonly group: string;
  readonly samePairs: number;
  readonly trueAccepts: number;
  readonly trueAcceptRate: number;
  /** 95 %; [0, 1] where there is no such pair. */
  readonly trueAcceptInterval: CardInterval;
  readonly differentPairs: number;
  readonly falseAccepts: number;
  readonly falseAcceptRate: number;
  /** 95 %; [0, 1] where there is no such pair. */
  readonly falseAcceptInterval: CardInterval;
}

/** An attribute as numbers. */
export interface Grouping {
  readonly attribute: string;
  /** In natural order. */
  readonly groups: readonly string[];
  /** By picture: the number of its group, or −1. */
  readonly groupOf: Int16Array;
}

/** The groups of an attribute, in natural order. */
export function groupingOf({ name, values }: Attribute): Grouping {
  const known = new Set(values.filter((value) => value !== undefined));
  const groups = [...known].sort(new Intl.Collator('en', { numeric: true }).compare);
  const numbers = new Map(groups.map((group, number) => [group, number]));
  const groupOf = Int16Array.from(values, (value) => (value === undefined ? -1 : numbers.get(value)!));
  return { attribute: name, groups, groupOf };
}

/** A share of pairs; 0 where there are none. */
export function shareOf(accepted: number, pairs: number): number {
  return pairs === 0 ? 0 : accepted / pairs;
}

/** A scored pair and the numbers of its two pictures. */
export interface PicturePair {
  readonly score: number;
  readonly same: boolean;
  readonly pictures: readonly [number, number];
}

/** How a threshold decides the pairs of each group of each attribute; intervals are Wilson's. */
export function groupRates(
  pairs: readonly PicturePair[],
  attributes: readonly Attribute[],
  threshold: number,
): GroupRates[] {
  return attributes.map(groupingOf).flatMap(({ attribute, groups, groupOf }) =>
    groups.map((group, number) => {
      const within = pairs.filter(({ pictures }) => pictures.every((picture) => groupOf[picture] === number));
      const count = (kind: boolean, least: number) =>
        within.filter(({ same, score }) => same === kind && score >= least).length;
      const [samePairs, differentPairs] = [count(true, -Infinity), count(false, -Infinity)];
      const [trueAccepts, falseAccepts] = [count(true, threshold), count(false, threshold)];
      return {
        attribute,
        group,
        samePairs,
        trueAccepts,
        trueAcceptRate: shareOf(trueAccepts, samePairs),
        trueAcceptInterval: wilsonInterval(trueAccepts, samePairs),
        differentPairs,
        falseAccepts,
        falseAcceptRate: shareOf(falseAccepts, differentPairs),
        falseAcceptInterval: wilsonInterval(falseAccepts, differentPairs),
      };
    }),
  );
}
