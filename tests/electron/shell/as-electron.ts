/** Hands a stand-in to code that is typed against Electron: the one place where the tests claim so. */
export function asElectron<Type>(standIn: object): Type {
  return standIn as Type
}
