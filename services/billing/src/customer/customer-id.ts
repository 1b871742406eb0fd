/**
 * What a customer's id may be, as a regular expression with the flag `u`: 1 to 128 printable characters in
 * any script, such as an e-mail address, `auth0|5f7c8` or 杭州星桥. Neither a control character, nor one that
 * changes the direction of text or cannot be seen, nor a space at either end. `.` and `..` alone would name
 * another path.
 */
export const customerIdPattern = '^(?!\\.{1,2}$)(?!\\p{Z})[^\\p{C}\\p{Zl}\\p{Zp}]*[^\\p{C}\\p{Z}]$'
export const maxCustomerIdCharacters = 128

const pattern = new RegExp(customerIdPattern, 'u')

export function isCustomerId(text: string): boolean {
  return pattern.test(text) && [...text].length <= maxCustomerIdCharacters
}
