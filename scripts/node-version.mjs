// Written so that an old Node can parse it: nothing newer than ES modules, and no import.
var wanted = '20.19'
var found = process.versions.node.split('.')

if (Number(found[0]) < 20 || (Number(found[0]) === 20 && Number(found[1]) < 19)) {
  console.error(
    'Customer Portal needs Node.js '
      + wanted
      + ' or newer, and this is '
      + process.versions.node
      + '. Install a newer one from https://nodejs.org and run the command again.',
  )
  process.exit(1)
}
