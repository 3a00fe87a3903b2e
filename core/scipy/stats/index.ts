export * as norm from './norm.ts'
