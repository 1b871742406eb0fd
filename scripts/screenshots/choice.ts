/** Which pictures are taken, by their names, and who hears of each file. */
export interface Choice {
  wanted(name: string): boolean
  tell(file: string): void
}
