/** One way to fold a node whose operands are constants. */
import type { Constant, ReadFile } from './constant.js';
import type { GraphImporter } from './graphImporter.js';
import type { OnnxNode } from './onnxNode.js';

/** What folders may use besides the node. */
export interface FoldContext {
  readonly graph: GraphImporter;
  readonly readFile: ReadFile | undefined;
}

/** One way to fold a node. */
export interface Folder {
  /** Attributes that it understands. */
  readonly attributes: readonly string[];
  /** Whether it asks for its operands' shapes alone, so that computed values will do. */
  readonly readsShapes?: boolean;
  /** Whether onnxruntime's own domain has the operator too. */
  readonly added?: boolean;
  fold(node: OnnxNode, context: FoldContext): Constant;
}
