// Written by build/error-catalogue.ts from docs/errors. Change the entries there.
import type { CatalogueEntry } from './entry.ts'

// prettier-ignore
export const catalogue: readonly CatalogueEntry[] = [
  {
    "kind": "assertion",
    "class": "AssertionError",
    "lesson": "D1",
    "says": [],
    "title": "A check does not hold",
    "why": "Two ways to compute one thing disagree beyond the tolerance.",
    "fix": "Look at the first difference in the message; a custom derivative is the usual suspect."
  },
  {
    "kind": "async-function",
    "class": "TypeError",
    "lesson": null,
    "says": [
      "async",
      "Promise"
    ],
    "title": "An async function cannot be traced",
    "why": "Tracing runs the function once, from start to end, and reads what it returns.",
    "fix": "Await before, and pass the values in as arguments."
  },
  {
    "kind": "axis-name",
    "class": "TypeError",
    "lesson": "B1",
    "says": [
      "axis name"
    ],
    "title": "An axis name is not bound",
    "why": "Collectives combine the lanes of a mapped axis, and find it by its name.",
    "fix": "Call it inside vmap(f, { axisName: 'i' }) or pmap with that name."
  },
  {
    "kind": "axis-range",
    "class": "ValueError",
    "lesson": null,
    "says": [
      "out of bounds",
      "out of range",
      "axis .* (twice|repeated|duplicate)"
    ],
    "title": "An axis does not exist",
    "why": "An array of n dimensions has the axes 0 to n - 1, or -n to -1 from the end.",
    "fix": "Use an axis below x.ndim; -1 is the last one."
  },
  {
    "kind": "boolean-mask",
    "class": "NonConcreteBooleanIndexError",
    "lesson": "L0",
    "says": [],
    "title": "A traced boolean mask was used as an index",
    "why": "How many elements a mask selects depends on its values, and shapes must be known while tracing.",
    "fix": "Use jnp.where(mask, x, 0), which keeps the shape, or select outside the transformed function."
  },
  {
    "kind": "branch-mismatch",
    "class": "TypeError",
    "lesson": "A1",
    "says": [
      "all branches",
      "branches"
    ],
    "title": "Branches return different things",
    "why": "Both branches are recorded, and what follows must fit whichever runs.",
    "fix": "Make shapes and dtypes agree, for example with astype or jnp.zerosLike."
  },
  {
    "kind": "broadcast-shape",
    "class": "ValueError",
    "lesson": "B1",
    "says": [
      "broadcast",
      "do not fit together",
      "does not have room"
    ],
    "title": "An array does not broadcast to a shape",
    "why": "Only an axis of length 1, or an axis that is missing on the left, can be repeated.",
    "fix": "Give the array the right axes first, for example with reshape."
  },
  {
    "kind": "broadcasting",
    "class": "TypeError",
    "lesson": "B1",
    "says": [
      "broadcast",
      "incompatible shapes"
    ],
    "title": "Shapes do not broadcast",
    "why": "Shapes are lined up from the right: two axes fit when they have the same length or one of them has length 1.",
    "fix": "Print both shapes; add an axis with x.slice(null) or reshape, or transpose one operand."
  },
  {
    "kind": "concretization",
    "class": "ConcretizationTypeError",
    "lesson": "L0",
    "says": [],
    "title": "A traced value was asked for its number",
    "why": "While a function is traced its arguments have a shape and a dtype but no numbers yet.",
    "fix": "Keep the value an array and use functions of jnp and lax, or make the argument static with staticArgnums."
  },
  {
    "kind": "config-option",
    "class": "ValueError",
    "lesson": null,
    "says": [
      "config has no option"
    ],
    "title": "There is no such setting",
    "why": "Settings have the names of JAX without jax_, in camelCase.",
    "fix": "Use one of the names in the message."
  },
  {
    "kind": "config-value",
    "class": "TypeError",
    "lesson": null,
    "says": [
      "config\\.update"
    ],
    "title": "A setting cannot have this value",
    "why": "Every setting has a type, and a wrong value would only show much later.",
    "fix": "Use a value of the kind that the message names."
  },
  {
    "kind": "cotangent-mismatch",
    "class": "ValueError",
    "lesson": "D1",
    "says": [
      "cotangent"
    ],
    "title": "A cotangent does not fit the result",
    "why": "A cotangent weighs each number of the result, so it looks exactly like the result.",
    "fix": "Build it with jnp.onesLike of the result."
  },
  {
    "kind": "custom-rule",
    "class": "TypeError",
    "lesson": "D1",
    "says": [
      "custom_?(jvp|vjp)",
      "custom(Jvp|Vjp)",
      "defjvp",
      "defvjp",
      "forward[- ]mode"
    ],
    "title": "A custom derivative does not fit its function",
    "why": "A rule stands in for the derivative, so it must return what the derivative would: one cotangent an argument, or value and tangent.",
    "fix": "Return a list with one entry an argument from bwd; use customJvp where forward mode is needed."
  },
  {
    "kind": "debug-nan",
    "class": "FloatingPointError",
    "lesson": null,
    "says": [],
    "title": "A program computed NaN or infinity",
    "why": "NaN spreads through everything that follows, so it is reported where it is born.",
    "fix": "Guard the operand before the operation: jnp.where on the input, not on the result."
  },
  {
    "kind": "device-lost",
    "class": "DeviceLostError",
    "lesson": null,
    "says": [],
    "title": "A device ended while it ran a program",
    "why": "The program used up the memory or the time of the device, or the driver reset it.",
    "fix": "Run the cell again: the device is started anew. If it fails again, make the program smaller."
  },
  {
    "kind": "devices",
    "class": "ValueError",
    "lesson": "B1",
    "says": [
      "devices",
      "platform"
    ],
    "title": "There are not enough devices",
    "why": "A pmapped function runs one entry of the leading axis on each device.",
    "fix": "Set config.update('numCpuDevices', n) before the first use of devices, or map fewer entries."
  },
  {
    "kind": "dtype-name",
    "class": "TypeError",
    "lesson": null,
    "says": [
      "there is no dtype",
      "not a dtype"
    ],
    "title": "There is no such dtype",
    "why": "dtypes have NumPy's names.",
    "fix": "Use one of the names in the message, such as 'float32' or 'int32', or jnp.float32."
  },
  {
    "kind": "grad-integer",
    "class": "TypeError",
    "lesson": "D1",
    "says": [
      "real-valued",
      "real.*inputs",
      "grad.*(int|dtype)",
      "(int|dtype).*grad",
      "float0",
      "derivative.*integer",
      "tangent dtype"
    ],
    "title": "The gradient with respect to integers",
    "why": "An integer cannot move by a little, so it has no slope.",
    "fix": "Pass floats: jnp.float32(3), or x.astype('float32')."
  },
  {
    "kind": "grad-scalar",
    "class": "TypeError",
    "lesson": "D1",
    "says": [
      "scalar-output",
      "scalar output",
      "scalar outputs"
    ],
    "title": "The gradient of a function that is not scalar",
    "why": "A gradient is the slope of one number; a vector of results has a matrix of slopes.",
    "fix": "Reduce the result, for example with jnp.sum or jnp.mean, or use jacrev or jacfwd."
  },
  {
    "kind": "key-array",
    "class": "ValueError",
    "lesson": "C1",
    "says": [
      "single key"
    ],
    "title": "One key is needed, and an array of them was given",
    "why": "A draw is a function of one key.",
    "fix": "Use one of them, keys.slice(0), or vmap the function over all."
  },
  {
    "kind": "key-reuse",
    "class": "KeyReuseError",
    "lesson": "C1",
    "says": [],
    "title": "A PRNG key was spent twice",
    "why": "The same key gives the same numbers, so two draws from one key are not independent.",
    "fix": "Split the key first, const [a, b] = random.split(key), and spend each part once; random.clone(key) says that repeating is meant."
  },
  {
    "kind": "leaked-tracer",
    "class": "UnexpectedTracerError",
    "lesson": "L0",
    "says": [],
    "title": "A tracer left its transformation",
    "why": "A tracer means something only while its transformation runs: saving it in an outer variable is a side effect that leaks it.",
    "fix": "Return the value as an output of the transformed function, and use what the call gives back."
  },
  {
    "kind": "loop-arguments",
    "class": "TypeError",
    "lesson": "A1",
    "says": [
      "foriLoop",
      "whileLoop takes",
      "lax\\.scan: the",
      "lax\\.map"
    ],
    "title": "A loop was called with the wrong arguments",
    "why": "The order is that of JAX: functions first, then the initial carry, then what is scanned.",
    "fix": "Follow the call in the message; bounds are integers."
  },
  {
    "kind": "mapped-axis-size",
    "class": "ValueError",
    "lesson": "B1",
    "says": [
      "vmap",
      "pmap",
      "mapped",
      "inAxes",
      "outAxes"
    ],
    "title": "The mapped axes do not agree",
    "why": "One lane takes one entry of every mapped argument, so all mapped axes have the same length.",
    "fix": "Pass null in inAxes for an argument that every lane shares, or the axis that counts the examples."
  },
  {
    "kind": "missing-lowering",
    "class": "MissingLoweringError",
    "lesson": null,
    "says": [],
    "title": "A platform cannot compute this yet",
    "why": "Each platform compiles programs for itself, and some operations exist on the reference platform only.",
    "fix": "Set config.update('platform', 'reference') to run everything, or jit only what the platform can do."
  },
  {
    "kind": "not-a-function",
    "class": "TypeError",
    "lesson": null,
    "says": [
      "expected a function",
      "is a function",
      "must be a function"
    ],
    "title": "A transformation was given something else than a function",
    "why": "A transformation takes a function and returns another one; that one is called afterwards.",
    "fix": "Pass the function itself: grad(f)(x), not grad(f(x))."
  },
  {
    "kind": "not-a-key",
    "class": "TypeError",
    "lesson": "C1",
    "says": [
      "PRNG key",
      "needs a key",
      "array of keys",
      "key words",
      "key<fry>"
    ],
    "title": "A key is needed, or is used as a number",
    "why": "Random draws have no hidden state: a key is passed in, and is not a number.",
    "fix": "Make a key with random.key(seed), and draw from it with random.normal, random.uniform, …."
  },
  {
    "kind": "not-an-array",
    "class": "TypeError",
    "lesson": null,
    "says": [
      "requires array or number arguments",
      "makes arrays of numbers"
    ],
    "title": "A list or another value stands where an array must",
    "why": "A list is not turned into an array behind your back, since that would copy it on every call.",
    "fix": "Wrap the list with jnp.array([...])."
  },
  {
    "kind": "predicate",
    "class": "TypeError",
    "lesson": "A1",
    "says": [
      "pred must",
      "lax\\.switch: (index|takes)"
    ],
    "title": "The predicate of a branch is not a scalar",
    "why": "One decision is taken for the whole array.",
    "fix": "For one decision an element use jnp.where, or vmap a function that decides for one."
  },
  {
    "kind": "ragged-list",
    "class": "ValueError",
    "lesson": null,
    "says": [
      "ragged",
      "inhomogeneous",
      "lists? (of|with) different",
      "differ in length",
      "same length"
    ],
    "title": "A nested list is not a box",
    "why": "An array is a box: every row of it has the same length.",
    "fix": "Fill the short rows up, or keep the rows as separate arrays in a list, which is a pytree."
  },
  {
    "kind": "reverse-while",
    "class": "ValueError",
    "lesson": "A1",
    "says": [
      "[Rr]everse[- ]mode"
    ],
    "title": "A loop of unknown length has no reverse derivative",
    "why": "Going backwards needs the values of every step, and how many steps there will be is not known beforehand.",
    "fix": "Use lax.scan, or foriLoop with bounds that are plain numbers, or forward mode: jvp, jacfwd."
  },
  {
    "kind": "scan-carry",
    "class": "TypeError",
    "lesson": "A1",
    "says": [
      "carry",
      "scan"
    ],
    "title": "The carry of a loop changes its type",
    "why": "The body is recorded once and run many times, so what comes out must be fit to go in again.",
    "fix": "Give the initial value the shape and dtype that the body returns, for example jnp.zeros([3]) or x.astype('float32')."
  },
  {
    "kind": "scan-length",
    "class": "ValueError",
    "lesson": "A1",
    "says": [
      "scan (got|needs)",
      "leading axis sizes"
    ],
    "title": "A scan does not know how many steps to take",
    "why": "scan takes one slice of every array at each step, so all leading axes must have the same length.",
    "fix": "Give xs one leading length, or { length: n } when there is nothing to walk."
  },
  {
    "kind": "static-argument",
    "class": "ValueError",
    "lesson": "L0",
    "says": [
      "static"
    ],
    "title": "A static argument cannot be used",
    "why": "A static argument is part of the program: a new value is a new program, so it must be a plain value.",
    "fix": "Give it as a plain JS value, or do not mark it static."
  },
  {
    "kind": "tangent-mismatch",
    "class": "TypeError",
    "lesson": "D1",
    "says": [
      "tangent"
    ],
    "title": "Tangents do not fit the primals",
    "why": "A tangent says how each number of a value moves, so it looks exactly like the value.",
    "fix": "Build tangents with jnp.onesLike or jnp.zerosLike of the primals."
  },
  {
    "kind": "tracer-array",
    "class": "TracerArrayConversionError",
    "lesson": "L0",
    "says": [],
    "title": "A traced array was asked for its numbers in memory",
    "why": "A traced array has no memory: its numbers exist only when the recorded program runs.",
    "fix": "Use functions of jnp and lax in the transformed function, and read the numbers of its result."
  },
  {
    "kind": "tracer-bool",
    "class": "TracerBoolConversionError",
    "lesson": "A1",
    "says": [],
    "title": "A traced value was used as a condition",
    "why": "While a function is traced the condition has no value yet, so JavaScript cannot choose a branch.",
    "fix": "Choose with lax.cond or jnp.where and repeat with lax.whileLoop; under jit, staticArgnums makes an argument a plain value."
  },
  {
    "kind": "tracer-integer",
    "class": "TracerIntegerConversionError",
    "lesson": "L0",
    "says": [],
    "title": "A traced value was used where a plain integer is needed",
    "why": "A program is recorded once for fixed shapes, so what decides a shape must be known while tracing.",
    "fix": "Pass it as a static argument (staticArgnums), take it from x.shape, or close over a JS number."
  },
  {
    "kind": "tree-leaf",
    "class": "TypeError",
    "lesson": null,
    "says": [
      "not a valid JAX type"
    ],
    "title": "An argument or result is not an array",
    "why": "Transformations look at arrays, numbers and booleans, and at lists and objects of them.",
    "fix": "Close over the value, or mark the argument as static with jit(f, { staticArgnums: … })."
  },
  {
    "kind": "tree-structure",
    "class": "ValueError",
    "lesson": null,
    "says": [
      "structure",
      "\\bleaves\\b",
      "prefix"
    ],
    "title": "Trees have different structures",
    "why": "Lists, objects and null are trees; what works leaf by leaf needs the same tree on every side.",
    "fix": "Compare the structures in the message, and give both the same keys and list lengths."
  },
  {
    "kind": "type-error",
    "class": "TypeError",
    "lesson": null,
    "says": [],
    "title": "An argument has the wrong type",
    "why": "Arguments are checked before anything is computed, so that a mistake shows where it was made.",
    "fix": "Compare the call with the one in the message."
  },
  {
    "kind": "unknown-option",
    "class": "TypeError",
    "lesson": null,
    "says": [
      "has no option"
    ],
    "title": "A function has no such option",
    "why": "Keyword arguments go into one options object, spelled in camelCase.",
    "fix": "Use one of the options that the message lists."
  },
  {
    "kind": "value-error",
    "class": "ValueError",
    "lesson": null,
    "says": [],
    "title": "An argument has an impossible value",
    "why": "Arguments are checked before anything is computed, so that a mistake shows where it was made.",
    "fix": "Change the value that the message names."
  },
  {
    "kind": "while-condition",
    "class": "TypeError",
    "lesson": "A1",
    "says": [
      "whileLoop.*condition",
      "condition must"
    ],
    "title": "The condition of a loop is not one boolean",
    "why": "A loop takes one decision for the whole carry.",
    "fix": "Compare, or reduce with jnp.all or jnp.any."
  },
  {
    "kind": "dtype",
    "class": "TypeError",
    "lesson": null,
    "says": [
      "dtypes?\\b",
      "must be (an? )?(integers?|floats?|boolean)",
      "takes (an? )?(integers?|floats?|booleans?)",
      "is not defined on",
      "accepts? "
    ],
    "title": "The dtype does not suit the operation",
    "why": "Functions of lax never convert; functions of jnp convert where the promotion rules allow it.",
    "fix": "Convert with x.astype('float32') (or the dtype that is asked for), or use the function of jnp instead of the one of lax."
  },
  {
    "kind": "index",
    "class": "TypeError",
    "lesson": null,
    "says": [
      "index",
      "indices"
    ],
    "title": "An index is not usable",
    "why": "Indices are integers, slices, null, and arrays of integers or booleans.",
    "fix": "Use integers: i.astype('int32'), and no more indices than axes."
  },
  {
    "kind": "shape-mismatch",
    "class": "TypeError",
    "lesson": null,
    "says": [
      "shape",
      "rank",
      "dimensions?\\b",
      "\\bsizes?\\b",
      "vectors? ",
      "matri(x|ces)"
    ],
    "title": "The shapes do not suit the operation",
    "why": "Every primitive checks the shapes of its operands, because a jaxpr has one shape for each value.",
    "fix": "Print the shape of each operand and use reshape, transpose or expandDims to give it the axes that the message asks for."
  },
  {
    "kind": "shape-value",
    "class": "ValueError",
    "lesson": null,
    "says": [
      "shape",
      "length",
      "elements",
      "\\bsizes?\\b",
      "dimension"
    ],
    "title": "A shape is not possible here",
    "why": "Shapes are fixed while tracing, so an impossible one is refused at once.",
    "fix": "Print x.shape, and give the shape or axis that the message asks for."
  }
]
