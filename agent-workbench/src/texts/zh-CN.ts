export default {
  brand: '坐席工作台',
  skip: '跳到主要内容',
  nav: { label: '主导航', desk: '会话', account: '账户与订阅', waiting: '{n} 个会话待回复' },
  agent: {
    menu: '打开菜单', language: '语言', theme: '外观', light: '浅色', dark: '深色', system: '系统', logout: '退出登录',
    role: { owner: '所有者', billing: '财务', viewer: '只读' },
  },
  login: {
    title: '登录', subtitle: '使用您的坐席账号登录', email: '邮箱', password: '密码', submit: '登录', show: '显示密码', hide: '隐藏密码',
    failed: '邮箱或密码不正确。', tooMany: '尝试次数过多，请在 {wait} 后重试。', seconds: '{n} 秒', minutes: '{n} 分钟', ended: '登录已过期，请重新登录。',
    needEmail: '请填写邮箱。', needPassword: '请填写密码。', forgotten: '忘记密码？请联系管理员重新开通账号。',
  },
  desk: {
    title: '会话', all: '全部', waiting: '待回复', filter: '筛选会话', create: '新建会话', more: '加载更多',
    empty: '还没有会话', emptyHint: '客户提问后会显示在这里，您也可以手动录入一个问题。', noneWaiting: '全部已回复', noneWaitingHint: '目前没有等待回复的会话。',
    choose: '选择一个会话', chooseHint: '从左侧列表中选择会话，查看客户的问题并回复。', back: '返回会话列表',
    status: { waiting: '待回复', answered: '已回复', closed: '已结束' },
    channel: { web: '网页', wechat: '微信', app: 'App', email: '邮件', phone: '电话' },
    close: '结束会话', closed: '会话已结束，客户再次提问时会重新打开。', gone: '没有这个会话，或它不属于您的团队。', you: '我', visitorSaid: '{name} 说', agentSaid: '{name} 回复',
    suggested: '已获取 AI 建议',
  },
  composer: {
    mode: '消息类型', reply: '回复客户', visitor: '录入客户消息', replyTo: '回复 {name}…', visitorPlaceholder: '录入 {name} 的新消息…', send: '发送', record: '录入', hint: 'Ctrl + Enter 发送', failed: '没有发送成功：{reason}',
  },
  assistant: {
    title: 'AI 建议', hint: '根据客户最近的问题，在知识库中查找最合适的答案。', cost: '每给出一条建议计 1 次用量，没有合适的答案不计费。', get: '获取建议', searching: '正在查找…',
    source: '来源', match: '匹配度 {n}%', adopt: '采用建议', adopted: '已填入回复框，您可以修改后发送。', none: '知识库中没有合适的答案', noneHint: '请您亲自回复，本次没有消耗用量。', answered: '客户的问题已回复，有新问题时可以再次获取建议。',
  },
  quota: {
    label: '{meter}（本期）', remaining: '剩余 {remaining}', of: '已用 {used} / {included}', unlimited: '已用 {used}，不限量', overage: '已超出 {n}，按超出用量计费', resets: '{date} 重置', none: '当前套餐不包含「{meter}」',
    exhausted: '{meter}已用完', exhaustedHint: '升级套餐后即可继续使用 AI 建议；您仍可以手动回复客户。', upgrade: '升级套餐', low: '即将用完',
  },
  create: {
    title: '新建会话', subtitle: '录入客户的问题，例如电话里提到的。', name: '客户称呼', namePlaceholder: '例如：王女士', channel: '渠道', question: '客户的问题', questionPlaceholder: '例如：请问怎么开发票？', submit: '创建会话', cancel: '取消',
    needName: '请填写客户称呼。', needQuestion: '请填写客户的问题。',
  },
  portal: {
    frame: '账户与订阅', loading: '正在打开账户与订阅…', failed: '账户与订阅没有打开', failedHint: '控制台没有响应。请检查网络，或稍后重试；若一直如此，请联系管理员检查允许嵌入的来源。', refused: '无法获取访问凭证：{reason}', retry: '重试',
  },
  error: {
    title: '没有加载成功', retry: '重试', offline: '无法连接服务器，请检查网络。', unknown: '服务器出现了意外错误。', requestId: '请求编号 {id}',
    lookingUp: '没有收到服务器的答复，正在核对是否已经完成。', notDone: '没有收到服务器的答复。经核对，这次操作没有完成，可以重试。',
    unknownOutcome: '没有收到服务器的答复，还不知道是否已经完成。内容不变时再次提交，不会重复。',
  },
  time: { now: '刚刚', minutes: '{n} 分钟前', yesterday: '昨天 {time}', today: '今天', yesterdayDay: '昨天' },
  dismiss: '关闭',
}
