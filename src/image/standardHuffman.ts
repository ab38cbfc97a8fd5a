/** The Huffman tables that JPEG files use which bring none, as frames of video do (ITU-T T.81, K.3). */
import { type HuffmanTable, huffmanTable } from './huffman.js';

const COUNTS = 16;

/** By number: counts of codes, then symbols, in hexadecimal. */
const DC = [
  '00010501010101010100000000000000000102030405060708090a0b',
  '00030101010101010101010000000000000102030405060708090a0b',
];
const AC = [
  '0002010303020403050504040000017d01020300041105122131410613516107227114328191a1082342b1c11552d1f02433627282090a161718191a25262728292a3435363738393a434445464748494a535455565758595a636465666768696a737475767778797a838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8f9fa',
  '00020102040403040705040400010277000102031104052131061241510761711322328108144291a1b1c109233352f0156272d10a162434e125f11718191a262728292a35363738393a434445464748494a535455565758595a636465666768696a737475767778797a82838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8e9eaf2f3f4f5f6f7f8f9fa',
];

function parseTable(hexadecimal: string): HuffmanTable | undefined {
  const bytes = Uint8Array.from(hexadecimal.match(/../g)!, (digits) => Number.parseInt(digits, 16));
  return huffmanTable(bytes.subarray(0, COUNTS), bytes.subarray(COUNTS));
}

/** The tables by class (0 DC, 16 AC) and number. */
export function standardTables(): (HuffmanTable | undefined)[] {
  const tables: (HuffmanTable | undefined)[] = [];
  for (const [number, text] of DC.entries()) tables[number] = parseTable(text);
  for (const [number, text] of AC.entries()) tables[16 + number] = parseTable(text);
  return tables;
}
