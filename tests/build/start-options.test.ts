import { expect, it } from 'vitest'
import { startOptions } from '../../build/start-options.mjs'

it.each([
  [[], { kind: 'start', serve: false, port: null }],
  [['--serve'], { kind: 'start', serve: true, port: null }],
  [['--serve', '--port', '8080'], { kind: 'start', serve: true, port: 8080 }],
  [['--port=8080'], { kind: 'start', serve: true, port: 8080 }],
  [['--help'], { kind: 'help' }],
])('reads %j', (args, options) => {
  expect(startOptions(args)).toEqual(options)
})

it.each([
  [['--port', '0']],
  [['--port', '65536']],
  [['--port', '80a']],
  [['--port', '-1']],
  [['--prot', '80']],
  [['x']],
])('says what is wrong with %j', (args) => {
  expect(startOptions(args)).toEqual({ kind: 'wrong', message: expect.stringMatching(/\S/) })
})
