// First, before the router is created.
import { code } from './one-time-code.ts'
import { firstToken } from './first-token.ts'
import { embedded } from './storage.ts'
import { firstLocale, loadTexts } from './texts/files.ts'
import { fetchViews, viewsAt } from './views.ts'
import './style.css'
import './print.css'

// In parallel: the session, the texts, the page's code and the rest, which is the largest and so runs last.
const token = embedded ? undefined : firstToken(code)
// The code that uses it handles the rejection.
token?.catch(() => undefined)
void loadTexts(firstLocale()).catch(() => undefined)
fetchViews(viewsAt(location.pathname))
void import('./app.ts').then(({ start }) => start(code, token))
