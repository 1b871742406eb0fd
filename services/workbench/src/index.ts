export { createWorkbench, type Workbench } from './workbench.ts'
export { WorkbenchError, workbenchCodes, type WorkbenchCode } from './errors.ts'
export { migrateWorkbench, migrationsFolder } from './migrations.ts'
export {
  agentExists,
  createAgent,
  isAgentPassword,
  listAgents,
  loginName,
  setAgentDisabled,
  setAgentLocale,
  setAgentPassword,
  type Agent,
  type AgentLocale,
  type AgentRole,
  type ListedAgent,
} from './agent.ts'
export { newPassword, TooManyLogins, type PasswordCost } from './password.ts'
export { findAgent, logIn, logOut, sessionHours } from './session.ts'
export { createLoginAttempts, type LoginAttempts } from './login-attempts.ts'
export {
  closeConversation,
  findConversation,
  listConversations,
  startConversation,
  type Channel,
  type Conversation,
  type ConversationStatus,
} from './conversation.ts'
export { addMessage, addSuggestion, type Message } from './message.ts'
export { parseFaq, readFaq, type FaqEntry } from './faq.ts'
export { createAssistant, type Assistant, type Suggestion } from './assistant.ts'
