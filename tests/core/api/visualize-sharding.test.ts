import { expect, test } from 'vitest'
import { NamedSharding, P, config, debug, devicePut, jnp, makeMesh, setDebugOutput } from '../../../core/index.ts'

test('a sharding is drawn as boxes with devices', () => {
  config.update('numCpuDevices', 4)
  const lines: string[] = []
  setDebugOutput((line) => lines.push(line))
  const mesh = makeMesh([2, 2], ['x', 'y'])
  debug.visualizeArraySharding(devicePut(jnp.ones([4, 4]), new NamedSharding(mesh, P('x', 'y'))))
  debug.visualizeArraySharding(devicePut(jnp.ones(4), new NamedSharding(mesh, P('y'))))
  expect(() => debug.visualizeArraySharding(jnp.ones([1, 1, 1]))).toThrow(/rank 1 and 2/)
  setDebugOutput((line) => console.log(line))
  config.update('numCpuDevices', 1)
  expect(lines).toEqual([
    '┌───────┬───────┐\n│ CPU 0 │ CPU 1 │\n├───────┼───────┤\n│ CPU 2 │ CPU 3 │\n└───────┴───────┘',
    '┌─────────┬─────────┐\n│ CPU 0,2 │ CPU 1,3 │\n└─────────┴─────────┘',
  ])
})
