/** Whose routers a process serves; every key of the tables begins with it. */
export const defaultTenant = 'default';
