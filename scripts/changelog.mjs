/**
 * The versions that a changelog has a section for, newest first, as its headings name them.
 * @param {string} changelog
 */
export function versionsIn(changelog) {
  return sectionsOf(changelog).map(({ version }) => version)
}

/**
 * What a changelog says about a version, without the heading; undefined where it has no such section.
 * @param {string} changelog
 * @param {string} version "1.2.0", or "Unreleased"
 * @returns {string | undefined}
 */
export function notesOf(changelog, version) {
  return sectionsOf(changelog).find((section) => section.version.toLowerCase() === version.toLowerCase())
    ?.text
}

/**
 * The sections below `## 1.2.0`, `## 1.2.0 - 2027-01-31` or `## [1.2.0] - 2027-01-31`.
 * @param {string} changelog
 */
function sectionsOf(changelog) {
  return changelog
    .replaceAll('\r\n', '\n')
    .split(/^## /m)
    .slice(1)
    .flatMap((section) => {
      const [heading = '', ...lines] = section.split('\n')
      const version = /^\[?([^\s\]]+)/.exec(heading)?.[1]
      // Addresses of versions, which some changelogs list at their end, belong to none.
      return version
        ? [
            {
              version,
              text: lines
                .filter((line) => !/^\[[^\]]+\]: /.test(line))
                .join('\n')
                .trim(),
            },
          ]
        : []
    })
}
