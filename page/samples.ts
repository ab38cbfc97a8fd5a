/** The synthetic portraits that the page offers. */

export interface Sample {
  readonly file: string;
  readonly label: string;
}

export const SAMPLES: readonly Sample[] = [
  { file: 'person-a-1.jpg', label: 'Person A, first picture' },
  { file: 'person-a-2.jpg', label: 'Person A, second picture' },
  { file: 'person-b-1.jpg', label: 'Person B, first picture' },
  { file: 'person-b-2.jpg', label: 'Person B, second picture' },
  { file: 'person-c-1.jpg', label: 'Person C, first picture' },
  { file: 'person-c-2.jpg', label: 'Person C, second picture' },
  { file: 'group.jpg', label: 'Group of five' },
];
