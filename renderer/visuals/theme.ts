/**
 * Colours by meaning, one table a theme. Hex only: the same values go to the screen and into files,
 * and slide programs paint other notations black.
 */

export type ThemeName = 'light' | 'dark' | 'print'

export interface Theme {
  readonly name: ThemeName
  /** Behind the figure. */
  readonly background: string
  /** Inside a box. */
  readonly card: string
  /** Inside a nested box, under the cards. */
  readonly panel: string
  /** Hairlines inside a box; never the only carrier of meaning. */
  readonly hairline: string
  /** Outlines and edges at rest: 3:1 against the background. */
  readonly outline: string
  readonly ink: string
  readonly soft: string
  /** Inactive: not reached yet, or nothing passes through. */
  readonly inactive: string
  /** Forward mode, tangents. */
  readonly forward: string
  /** Reverse mode, cotangents. */
  readonly reverse: string
  /** A kept residual: fill, with an outline of 3:1. */
  readonly residual: string
  readonly residualOutline: string
  /** A reused key, an error. */
  readonly bad: string
  readonly badWeak: string
  /** What is chosen or linked to the editor's line. */
  readonly accent: string
  readonly accentWeak: string
  /** Data that moves between devices. */
  readonly collective: string
  readonly compute: string
  readonly copy: string
  readonly wait: string
  /** Nested programs: control flow. */
  readonly control: string
}

const light: Theme = {
  name: 'light',
  background: '#ffffff',
  card: '#ffffff',
  panel: '#f7f5ef',
  hairline: '#e3dfd4',
  outline: '#8a8578',
  ink: '#1d2433',
  soft: '#5b6475',
  inactive: '#6c7485',
  forward: '#006aa6',
  reverse: '#a84e00',
  residual: '#f0b429',
  residualOutline: '#a06a00',
  bad: '#b3261e',
  badWeak: '#fbe9e7',
  accent: '#7a4fa3',
  accentWeak: '#efe7f6',
  collective: '#7a4fa3',
  compute: '#00795a',
  copy: '#5b6475',
  wait: '#8a8578',
  control: '#0072b2',
}

const dark: Theme = {
  name: 'dark',
  background: '#1e232c',
  card: '#242a35',
  panel: '#1a1e26',
  hairline: '#39424f',
  outline: '#7d8799',
  ink: '#e7eaf0',
  soft: '#a7b0c0',
  inactive: '#8f99aa',
  forward: '#56b4e9',
  reverse: '#f0954a',
  residual: '#e9c46a',
  residualOutline: '#f3dc9c',
  bad: '#ff8a80',
  badWeak: '#46262a',
  accent: '#c7a6e8',
  accentWeak: '#3a2f52',
  collective: '#c7a6e8',
  compute: '#3fcf9f',
  copy: '#a7b0c0',
  wait: '#7d8799',
  control: '#56b4e9',
}

const print: Theme = {
  ...light,
  name: 'print',
  panel: '#f2f2f2',
  hairline: '#cccccc',
  outline: '#666666',
  ink: '#000000',
  soft: '#3a3a3a',
  inactive: '#595959',
  forward: '#005a8e',
  reverse: '#9c4600',
  residualOutline: '#6b4700',
  accent: '#5b3383',
}

export const themes: Readonly<Record<ThemeName, Theme>> = { light, dark, print }
