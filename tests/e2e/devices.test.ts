import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openLab, picture, pictureOfFailure, type OpenedLab } from './opened-lab.ts'

describe('what a program runs on', () => {
  let opened: OpenedLab
  beforeAll(async () => {
    opened = await openLab()
    await opened.at.openLesson('C1')
  })
  afterEach((context) => pictureOfFailure(context, opened))
  afterAll(() => opened?.close())

  /** Runs a program in the lesson's first cell and returns the value that the page shows. */
  const value = async (source: string): Promise<string> => {
    const cell = opened.at.cells.first()
    await cell.write(source)
    await cell.run()
    return await cell.value()
  }

  it('is as many CPU devices as the bar says, and a psum between them', async () => {
    const { at, page } = opened
    await page.getByRole('button', { name: /^Devices/ }).click()
    await page.getByRole('radio', { name: '2', exact: true }).click()
    await page.getByRole('button', { name: 'Devices: cpu × 2' }).waitFor()
    await page.keyboard.press('Escape')
    expect(await value("pmap((x) => x / lax.psum(x, 'i'), { axisName: 'i' })(jnp.array([1, 3]))")).toBe('[0.25 0.75]')
    await at.tab('Timeline').click()
    for (const lane of ['CPU thread 0', 'CPU thread 1'])
      await at.figure.getByText(lane, { exact: true }).first().waitFor()
    await picture(page, 'timeline')
  })

  it('is the GPU when the platform says so, and the value comes back into the cell', async ({ skip }) => {
    skip(process.env.VK_ICD_FILENAMES === undefined, 'no software GPU; npm test brings one on Linux')
    const product = [
      "config.update('platform', 'gpu')",
      'const product = jit((x, w) => jnp.sum(jnp.dot(x, w) * 2))(jnp.ones([8, 4]), jnp.ones([4, 8]))',
      "config.update('platform', 'reference')",
      'product',
    ]
    expect(await value(product.join('\n'))).toBe('512.0')
  })

  it('shows a key that was spent twice, in words and not by colour alone', async () => {
    const { at, page } = opened
    const spent = 'const key = random.key(0)\nprint(random.normal(key), random.uniform(key))\nrandom.split(key)[0]'
    await value(spent)
    await at.tab('Keys').click()
    await at.boxes.first().waitFor()
    expect(await at.figure.textContent()).toMatch(/reused/)
    await picture(page, 'keys')
  })
})
