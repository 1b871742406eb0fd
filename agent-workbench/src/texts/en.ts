import type zh from './zh-CN.ts'

const en: typeof zh = {
  brand: 'Agent workbench',
  skip: 'Skip to content',
  nav: { label: 'Main', desk: 'Conversations', account: 'Account & subscription', waiting: 'Conversations waiting: {n}' },
  agent: {
    menu: 'Open menu', language: 'Language', theme: 'Appearance', light: 'Light', dark: 'Dark', system: 'System', logout: 'Log out',
    role: { owner: 'Owner', billing: 'Billing', viewer: 'Viewer' },
  },
  login: {
    title: 'Log in', subtitle: 'Use your agent account', email: 'Email', password: 'Password', submit: 'Log in', show: 'Show password', hide: 'Hide password',
    failed: 'Incorrect email or password.', tooMany: 'Too many attempts. Try again in {wait}.', seconds: '{n} s', minutes: '{n} min', ended: 'Your login has expired. Please log in again.',
    needEmail: 'Enter your email.', needPassword: 'Enter your password.', forgotten: 'Forgot your password? Ask your admin for a new account.',
  },
  desk: {
    title: 'Conversations', all: 'All', waiting: 'Waiting', filter: 'Filter conversations', create: 'New', more: 'Load more',
    empty: 'No conversations yet', emptyHint: "Customers' questions appear here. You can also enter one yourself.", noneWaiting: 'All answered', noneWaitingHint: 'No conversation is waiting for a reply.',
    choose: 'Choose a conversation', chooseHint: "Pick one from the list to read the customer's question and reply.", back: 'Back to conversations',
    status: { waiting: 'Waiting', answered: 'Answered', closed: 'Closed' },
    channel: { web: 'Web', wechat: 'WeChat', app: 'App', email: 'Email', phone: 'Phone' },
    close: 'Close', closed: 'This conversation is closed. It reopens when the customer writes again.', gone: 'Conversation not found, or it belongs to another team.', you: 'You', visitorSaid: '{name} said', agentSaid: '{name} replied',
    suggested: 'AI suggestion fetched',
  },
  composer: {
    mode: 'Kind of message', reply: 'Reply', visitor: 'Customer said', replyTo: 'Reply to {name}…', visitorPlaceholder: 'What {name} said next…', send: 'Send', record: 'Add', hint: 'Ctrl + Enter to send', failed: 'Not sent: {reason}',
  },
  assistant: {
    title: 'AI suggestion', hint: "Finds the best answer to the customer's latest question in your knowledge base.", cost: 'Each suggestion counts as one. No fitting answer, no charge.', get: 'Get suggestion', searching: 'Searching…',
    source: 'Source', match: '{n}% match', adopt: 'Use suggestion', adopted: 'Placed in the reply box. Edit it before you send.', none: 'No fitting answer', noneHint: 'Please reply yourself. Nothing was charged.', answered: 'The question is answered. Get another suggestion when a new one comes.',
  },
  quota: {
    label: '{meter} this period', remaining: '{remaining} left', of: '{used} of {included} used', unlimited: '{used} used, unlimited', overage: '{n} over what is included, billed as overage', resets: 'Resets {date}', none: 'Your plan has no {meter}',
    exhausted: '{meter} used up', exhaustedHint: 'Upgrade your plan to keep getting AI suggestions. You can still reply by hand.', upgrade: 'Upgrade plan', low: 'Running low',
  },
  create: {
    title: 'New conversation', subtitle: "Enter a customer's question, from a phone call for instance.", name: 'Customer', namePlaceholder: 'e.g. Ms Wang', channel: 'Channel', question: 'Question', questionPlaceholder: 'e.g. How do I get an invoice?', submit: 'Create', cancel: 'Cancel',
    needName: "Enter the customer's name.", needQuestion: 'Enter the question.',
  },
  portal: {
    frame: 'Account & subscription', loading: 'Opening account & subscription…', failed: 'Account & subscription did not open', failedHint: 'The console did not respond. Check your network and try again; if it persists, ask your admin to check which origins may embed it.', refused: 'No access: {reason}', retry: 'Try again',
  },
  error: {
    title: "Couldn't load", retry: 'Try again', offline: 'Can’t reach the server. Check your network.', unknown: 'The server had an unexpected error.', requestId: 'Request {id}',
    lookingUp: 'The server’s answer was lost. Checking whether it was done.', notDone: 'The server’s answer was lost. We checked: it was not done. You can try again.',
    unknownOutcome: 'The server’s answer was lost, and it isn’t known yet whether it was done. Sending it again unchanged won’t do it twice.',
  },
  time: { now: 'now', minutes: '{n} min ago', yesterday: 'Yesterday {time}', today: 'Today', yesterdayDay: 'Yesterday' },
  dismiss: 'Dismiss',
}

export default en
