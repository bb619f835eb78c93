declare module 'fs-native-extensions' {
  /** Requests a lock on an open file: true when granted, false when another open file holds it. */
  export function tryLock(fd: number): boolean;
}
