/** Operators that arrays take part in, by their name in the cell runtime. */
export const binaryNames = {
  '+': 'add',
  '-': 'subtract',
  '*': 'multiply',
  '/': 'divide',
  '%': 'remainder',
  '**': 'power',
  '==': 'equal',
  '!=': 'notEqual',
  '<': 'less',
  '<=': 'lessEqual',
  '>': 'greater',
  '>=': 'greaterEqual',
  '&': 'bitwiseAnd',
  '|': 'bitwiseOr',
  '^': 'bitwiseXor',
  '<<': 'leftShift',
  '>>': 'rightShift',
  '>>>': 'rightShiftLogical',
} as const

export const unaryNames = { '-': 'negative', '+': 'positive', '~': 'bitwiseNot' } as const

export type BinaryOperator = keyof typeof binaryNames
export type UnaryOperator = keyof typeof unaryNames
export type BinaryName = (typeof binaryNames)[BinaryOperator]
export type UnaryName = (typeof unaryNames)[UnaryOperator]

export function isBinaryOperator(operator: string): operator is BinaryOperator {
  return Object.hasOwn(binaryNames, operator)
}

export function isUnaryOperator(operator: string): operator is UnaryOperator {
  return Object.hasOwn(unaryNames, operator)
}
