import { declareValues } from './values.ts'

declareValues(1)
