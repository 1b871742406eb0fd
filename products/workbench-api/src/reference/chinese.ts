/** The Chinese of the workbench's API texts, keyed by the English. A test fails for a missing one. */
export const chinese: Record<string, string> = {
  'Logging in and out, and the token for the portal': '登录、退出，以及控制台的凭证',
  'Log in': '登录',
  'Sets an HttpOnly cookie for 12 hours.': '设置 HttpOnly Cookie，有效期 12 小时。',
  'Where the portal is: a path on this origin, or an absolute URL on another':
    '控制台的地址：同源的路径，或其他来源的完整 URL',
  'Log out': '退出登录',
  'Ends this login alone.': '只结束当前的登录。',
  'Whether somebody is logged in': '查询是否已登录',
  '`me: null` where nobody is; no mistake, since every visit begins so.':
    '未登录时 `me` 为 null；这不是错误，每次访问都由此开始。',
  'Who is logged in': '查看当前坐席',
  'With their customer, and where the portal is.': '包括所属的客户和控制台的地址。',
  'Choose a language': '选择语言',
  'Of the workbench, and of the portal that is opened from it.': '工作台的语言，以及由此打开的控制台的语言。',
  "Change one's password": '修改密码',
  'Ends every login of the agent, and the portal tokens they have opened; this browser is logged in again.':
    '结束该坐席的所有登录以及打开的控制台会话；当前浏览器重新登录。',
  "A token for the portal of the agent's customer": '获取坐席所属客户的控制台凭证',
  'It carries the role of the agent and lasts 15 minutes. The workbench hands it to the frame by message.':
    '凭证具有该坐席的角色，有效期 15 分钟。工作台通过消息把它交给控制台页面。',
  desk: '工作台',
  'Conversations and the suggestions of the assistant': '会话与助手的建议',
  'Conversations, the one that changed last first': '列出会话，最近有变化的在前',
  "Those of the agent's customer.": '坐席所属客户的会话。',
  "Enter a visitor's question": '录入访客的问题',
  'Begins a conversation, which waits for an answer.': '开始一个等待回复的会话。',
  'Chosen by the sender: the same conversation sent twice is kept once':
    '由发送方指定：同一会话重复发送只保留一个',
  'Not blank': '不能为空白',
  'One conversation with its messages': '查看会话及其消息',
  'At most the newest 200 messages, oldest first.': '最多最近的 200 条消息，最早的在前。',
  'Add what the visitor said, or answer as the agent': '添加访客的消息，或以坐席身份回复',
  'What a visitor says opens a closed conversation again.': '访客发言会重新打开已关闭的会话。',
  'Chosen by the sender: the same message sent twice is kept once':
    '由发送方指定：同一消息重复发送只保留一条',
  'Close until the visitor writes again': '关闭会话，直到访客再次发言',
  'It stays in the list, as closed.': '会话保留在列表中，状态为已关闭。',
  'What is left of the suggestions': '查看剩余的建议次数',
  '`allowed` tells whether the next one would be given.': '`allowed` 表示是否还会给出下一条。',
  "Suggest an answer to the visitor's last message": '为访客的最后一条消息建议回答',
  'Takes the best entry of the FAQ and consumes one unit of the meter. No entry that fits: `no_answer`, and nothing is consumed. Nothing left: `quota_exhausted`. Asking again for the same message gives the same suggestion and consumes nothing more. An agent asks 60 times a minute at most (429).':
    '选取知识库中最合适的条目，并使用一个单位。没有合适的条目返回 `no_answer`，不计用量；没有剩余返回 `quota_exhausted`。对同一消息重复请求返回同样的建议，不再计用量。'
    + '每位坐席每分钟最多 60 次（超出返回 429）。',
  'Only `suggested` costs one unit, once for each question however often it is asked for':
    '只有 `suggested` 计一个单位；同一问题无论请求多少次都只计一次',
  agents: '坐席',
  'Making agents, by the vendor': '由销售方创建坐席',
  'Make an agent': '创建坐席',
  'With the secret key of the vendor. The role is what the agent may do in the portal.':
    '使用销售方的密钥。角色决定该坐席在控制台中的权限。',
  'Agents, oldest first': '列出坐席，最早的在前',
  'Of one customer or with one e-mail address where asked. With a secret key of the vendor.':
    '可按客户或邮箱筛选。使用销售方的密钥。',
  'Since when they cannot log in': '从何时起不能登录',
  'Keep an agent out': '停用坐席',
  'Ends their logins and the portal tokens they have opened. Disabling again changes nothing.':
    '结束其登录以及打开的控制台会话。重复停用不做任何改变。',
  'Let an agent in again': '恢复坐席',
  'With the password they had.': '密码不变。',
  'Give an agent another password': '重设坐席的密码',
  'Ends their logins and the portal tokens they have opened. Without a password one is made and returned, this once.':
    '结束其登录以及打开的控制台会话。不写密码时自动生成并返回，仅此一次。',
  'The one that was made; it is never shown again': '自动生成的密码，不会再次显示',
  '`ai`: a suggestion to the agent; the visitor never sees it': '`ai`：给坐席的建议，访客看不到',
  "Of a suggestion: the visitor's message it answers": '用于建议：所回答的访客消息',
  'Of a suggestion: the FAQ entry': '用于建议：知识库条目',
  "Of a suggestion: the share of the question's meaning it covers": '用于建议：与问题含义的匹配程度',
  'Whether one more suggestion would be given': '是否还可再获得一条建议',
  'null is unlimited': 'null 为不限量',
  'Held back for work under way': '进行中的工作所占的数量',
  "Workbench's API": '工作台 API',
  'What the agent workbench shows and does for the agent who is logged in. A cookie says who that is; what changes something must come from a page of the same origin, as JSON.':
    '坐席工作台为已登录的坐席展示和执行的全部内容。登录状态保存在 Cookie 中；会产生变更的请求必须是 JSON，并来自同源的页面。',
  'Set by POST /login': '由 POST /login 设置',
  'A secret key of the vendor': '销售方的密钥',
}
