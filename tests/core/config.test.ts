import { afterEach, expect, test } from 'vitest'
import { config } from '../../core/index.ts'
import { tracingConfigKey } from '../../core/config.ts'

afterEach(() => {
  config.update('threefryPartitionable', true)
  config.update('platform', 'reference')
})

test('an update is seen at once', () => {
  config.update('threefryPartitionable', false)
  expect(config.threefryPartitionable).toBe(false)
})

test('an unknown option is answered with the known ones', () => {
  expect(() => config.update('enableX46', true)).toThrow(/no option 'enableX46'.*enableX64.*platform/)
})

test('the spelling of JAX is answered with the one here', () => {
  expect(() => config.update('jax_enable_x64', true)).toThrow(/spelled 'enableX64' here/)
})

test.each([
  ['enableX64', 1, /true or false, got 1/],
  ['numCpuDevices', 0, /integer from 1 to 16, got 0/],
  ['numCpuDevices', 17, /integer from 1 to 16, got 17/],
  ['platform', 'tpu', /'cpu' or 'gpu' or 'reference', got "tpu"/],
])('%s refuses %j', (name, value, message) => {
  expect(() => config.update(name, value)).toThrow(message)
})

test('only settings that a trace depends on are part of its key', () => {
  const before = tracingConfigKey()
  config.update('platform', 'cpu')
  expect(tracingConfigKey()).toBe(before)
  config.update('threefryPartitionable', false)
  expect(tracingConfigKey()).not.toBe(before)
})
