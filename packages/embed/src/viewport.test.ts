import { expect, test } from 'vitest'
import { visiblePart } from './viewport.ts'

const screen = { top: 0, bottom: 800 }

test.each([
  ['a frame that fits is seen whole', { top: 100, bottom: 500 }, [screen], { top: 0, height: 400 }],
  [
    'of a tall frame, what the window leaves',
    { top: -300, bottom: 1700 },
    [screen],
    { top: 300, height: 800 },
  ],
  [
    'what is below a sticky header',
    { top: -300, bottom: 1700 },
    [{ top: 56, bottom: 800 }],
    { top: 356, height: 744 },
  ],
  [
    'what a scrolling box inside the window leaves',
    { top: -300, bottom: 1700 },
    [screen, { top: 100, bottom: 400 }],
    { top: 400, height: 300 },
  ],
  ['whole pixels', { top: -0.4, bottom: 99.8 }, [screen], { top: 0, height: 100 }],
  ['nothing of a frame below the window', { top: 900, bottom: 1700 }, [screen], null],
  [
    'nothing where box and window do not meet',
    { top: 0, bottom: 300 },
    [screen, { top: 400, bottom: 600 }],
    null,
  ],
])('%s', (_name, box, windows, expected) => {
  expect(visiblePart(box, windows)).toEqual(expected)
})
