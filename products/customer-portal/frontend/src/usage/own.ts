/**
 * A meter's number in a record by meter; a name that every object has, such as `constructor`, counts only as
 * an own property.
 */
export function numberOf(byMeter: Record<string, number>, meter: string): number {
  return Object.hasOwn(byMeter, meter) ? byMeter[meter]! : 0
}
