import '@fontsource-variable/inter/wght.css'
import '@fontsource-variable/inter/wght-italic.css'
import '@fontsource/jetbrains-mono/400.css'
import '@fontsource/jetbrains-mono/500.css'
import '@fontsource/jetbrains-mono/700.css'
import './styles/tokens.css'
import './styles/base.css'
import './styles/math.css'
import './styles/prose.css'
import { mount } from 'svelte'
import App from './app/App.svelte'
import { Lab } from './app/lab.svelte.ts'
import { livePages } from './app/notebook/live-pages.ts'
import { browserStorage } from './app/shell/browser-storage.ts'
import { messagePortTransport } from './transport/message-port.ts'
import { followToken } from './transport/follow-token.svelte.ts'
import { webSocketTransport } from './transport/web-socket.ts'
import { allowOwnWorkers } from './trusted-types.ts'

allowOwnWorkers()

const target = document.getElementById('root')
if (!target) throw new Error('index.html has no element #root')

const open = window.lab ? messagePortTransport(window.lab) : webSocketTransport(window.location)
const lab = new Lab(open, browserStorage(window), livePages(navigator.locks))
if (!window.lab) followToken(window, lab)
mount(App, { target, props: { lab } })
