import names from './offered-names.json' with { type: 'json' }

/** Names that every cell sees: functions and values by themselves, namespaces with their members. */
export const offeredNames: readonly string[] = names.names

/** Members by path: `jnp`, `lax`, `lax.linalg`. */
export const namespaces: ReadonlyMap<string, readonly string[]> = new Map(Object.entries(names.namespaces))

/** Properties and methods of an array. */
export const arrayMembers: readonly string[] = names.array
