import type { OperationNotes } from '@customer-portal/http'

/** Example values of path parameters. */
export const values = {
  conversationId: 'cnv_01kbd3x8q2m5v7t9a1c4e6g8hj',
  agentId: 'agt_01kb9w5t7c2e4g6j8m0p3r5v7x',
}

/**
 * Each operation of the API: its name, its error codes, and an example request. A test fails for a missing
 * one.
 */
export const operations: Record<string, OperationNotes> = {
  'POST /login': {
    name: 'session.login',
    errors: ['login_failed', 'forbidden', 'rate_limited'],
    body: { email: 'li.na@acme.example', password: 'correct horse battery' },
  },
  'POST /logout': { name: 'session.logout', errors: ['forbidden'], body: {} },
  'GET /session': { name: 'session.get' },
  'GET /me': { name: 'me.get' },
  'PUT /me': { name: 'me.update', errors: ['forbidden'], body: { locale: 'zh-CN' } },
  'PUT /me/password': {
    name: 'me.changePassword',
    errors: ['forbidden', 'wrong_password', 'rate_limited'],
    body: { current: 'correct horse battery', password: 'a longer one, with a staple' },
  },
  'POST /portal-session': { name: 'portalSession.create', errors: ['forbidden'], body: { locale: 'zh-CN' } },

  'GET /conversations': { name: 'conversations.list', query: { limit: 50 } },
  'POST /conversations': {
    name: 'conversations.create',
    errors: ['forbidden'],
    body: { visitorName: '王芳', channel: 'web', question: '发票怎么开？' },
  },
  'GET /conversations/{conversationId}': { name: 'conversations.get', errors: ['not_found'] },
  'POST /conversations/{conversationId}/messages': {
    name: 'conversations.addMessage',
    errors: ['forbidden', 'not_found'],
    body: { author: 'agent', text: '在账单页点「申请开票」即可。' },
  },
  'POST /conversations/{conversationId}/close': {
    name: 'conversations.close',
    errors: ['forbidden', 'not_found'],
    body: {},
  },
  'GET /quota': { name: 'quota.get', errors: ['meter_not_found', 'no_active_subscription', 'rate_limited'] },
  'POST /conversations/{conversationId}/suggestion': {
    name: 'conversations.suggest',
    errors: ['forbidden', 'not_found', 'meter_not_found', 'no_active_subscription', 'rate_limited'],
    body: {},
  },

  'POST /agents': {
    name: 'agents.create',
    errors: ['forbidden', 'customer_not_found', 'agent_exists', 'rate_limited'],
    body: {
      customerId: 'acme',
      email: 'li.na@acme.example',
      name: 'Li Na',
      role: 'billing',
      password: 'correct horse battery',
    },
  },
  'GET /agents': { name: 'agents.list', query: { customerId: 'acme' } },
  'POST /agents/{agentId}/disable': { name: 'agents.disable', errors: ['forbidden', 'agent_not_found'] },
  'POST /agents/{agentId}/enable': { name: 'agents.enable', errors: ['forbidden', 'agent_not_found'] },
  'POST /agents/{agentId}/password': {
    name: 'agents.setPassword',
    errors: ['forbidden', 'agent_not_found', 'rate_limited'],
    body: { password: 'a longer one, with a staple' },
  },
}
