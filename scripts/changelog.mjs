/**
 * The versions of a changelog's sections, newest first, as in its headings.
 * @param {string} changelog
 */
export function versionsIn(changelog) {
  return sectionsOf(changelog).map(({ version }) => version)
}

/**
 * The changelog's section of a version, without the heading; undefined when there is none.
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
      // Link definitions of versions, which some changelogs have at their end, belong to no section.
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
