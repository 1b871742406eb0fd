/**
 * A meter's number in a record by meter; a name that every object has, such as `constructor`, has one only
 * where the record does.
 */
export function numberOf(byMeter: Record<string, number>, meter: string): number {
  return Object.hasOwn(byMeter, meter) ? byMeter[meter]! : 0
}
