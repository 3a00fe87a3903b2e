import { declareValues } from './values.ts'

declareValues(4)
