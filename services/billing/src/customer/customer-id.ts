/**
 * The pattern of customer ids, a regular expression with the flag `u`: 1 to 128 printable characters of any
 * script, such as an e-mail address, `auth0|5f7c8` or 杭州星桥. No control, invisible or direction-changing
 * characters and no space at either end. `.` and `..` are excluded because they would name another path.
 */
export const customerIdPattern = '^(?!\\.{1,2}$)(?!\\p{Z})[^\\p{C}\\p{Zl}\\p{Zp}]*[^\\p{C}\\p{Z}]$'
export const maxCustomerIdCharacters = 128

const pattern = new RegExp(customerIdPattern, 'u')

export function isCustomerId(text: string): boolean {
  return pattern.test(text) && [...text].length <= maxCustomerIdCharacters
}
