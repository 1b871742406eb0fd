/** The classes of a menu item, whether it is a button or a link. */
export const menuItemLook =
  'flex min-h-9 w-full items-center gap-2.5 rounded-md px-2.5 text-left text-[13px] text-ink-2 '
  + 'hover:bg-sub hover:text-ink focus-visible:bg-sub focus-visible:-outline-offset-2'
