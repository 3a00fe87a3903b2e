import { type Expression, type ObjectPattern, type Pattern, parse } from 'acorn'
import { textOf } from '../tracing/transformed.ts'

/** What a function's text says about its parameters. */
export interface Parameters {
  /** Name of each positional parameter; null where it is taken apart. */
  readonly names: readonly (string | null)[]
  /** How many of them a call must give: those before the first that has a default. */
  readonly required: number
  /** The parameter that takes all further arguments. */
  readonly rest: string | null
  /** Entries that the last parameter takes apart; null where it may be an object with any entries. */
  readonly entries: readonly string[] | null
}

type AnyFunction = (...args: never[]) => unknown

/**
 * The parameters of the function that the user wrote, below its transformations; null where it has no text, as for
 * bound functions. What `inspect.signature` is to Python.
 */
export function parametersOf(fun: AnyFunction): Parameters | null {
  return parametersIn(textOf(fun))
}

/** The parameters of a function by its text. */
export function parametersIn(text: string): Parameters | null {
  const params = parsedParams(`(${text})`) ?? parsedParams(`({ ${text} })`)
  if (params === null) return null
  const final = params.at(-1)
  const last = withoutDefault(final)
  const optional = params.findIndex(({ type }) => type === 'AssignmentPattern' || type === 'RestElement')
  return {
    required: optional < 0 ? params.length : optional,
    names: params.flatMap((param) => (param.type === 'RestElement' ? [] : [nameOf(withoutDefault(param))])),
    rest: final?.type === 'RestElement' ? nameOf(final.argument) : null,
    entries: last?.type === 'ObjectPattern' ? entriesOf(last.properties) : last === undefined ? [] : null,
  }
}

/** The parameters of the one function in the text, or null where it is not a function's. */
function parsedParams(text: string): readonly Pattern[] | null {
  try {
    const [statement] = parse(text, { ecmaVersion: 'latest' }).body
    return statement.type === 'ExpressionStatement' ? paramsOf(statement.expression) : null
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function paramsOf(node: Expression): readonly Pattern[] | null {
  switch (node.type) {
    case 'ArrowFunctionExpression':
    case 'FunctionExpression':
      return node.params
    // A method is written as in an object.
    case 'ObjectExpression': {
      const [property] = node.properties
      return property?.type === 'Property' ? paramsOf(property.value) : null
    }
    default:
      return null
  }
}

function withoutDefault(param: Pattern | undefined): Pattern | undefined {
  return param?.type === 'AssignmentPattern' ? param.left : param
}

function nameOf(param: Pattern | undefined): string | null {
  return param?.type === 'Identifier' ? param.name : null
}

function entriesOf(properties: ObjectPattern['properties']): string[] | null {
  const names: string[] = []
  for (const property of properties) {
    // A rest may hold any entry, and a computed key may be any.
    if (property.type === 'RestElement' || property.computed) return null
    if (property.key.type === 'Identifier') names.push(property.key.name)
    else if (property.key.type === 'Literal') names.push(String(property.key.value))
  }
  return names
}
