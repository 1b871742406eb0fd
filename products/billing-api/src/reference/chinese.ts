/** The Chinese of the vendor's API texts, keyed by the English. A test fails for a missing one. */
export const chinese: Record<string, string> = {
  'Create a coupon, or change it': '创建或修改优惠码',
  'Customers redeem it by its code, which is stored in upper case. A change counts for later redemptions; a code is never deleted, only archived.':
    '客户输入优惠码兑换，优惠码以大写保存。修改只用于之后的兑换；优惠码不能删除，只能停用。',
  'Of amounts in minor units: only accounts in it redeem the code. CNY when absent':
    '金额的币种，只有该币种的账户可以兑换，默认为 CNY',
  "The first date on which it is redeemed, on the customer's calendar; until then it is unknown":
    '可兑换的第一天（客户当地日期），在此之前视为不存在',
  "The last date on which it is redeemed, on the customer's calendar": '可兑换的最后一天（客户当地日期）',
  'How often it is redeemed in all': '总共可兑换的次数',
  'How often one customer redeems it, 1 unless told; a discount taken away gives no code back':
    '每位客户可兑换的次数，默认 1 次；删除折扣不会恢复次数',
  'Only for customers without an invoice, who have redeemed no other code of this kind':
    '仅限没有账单、且未兑换过其他新客优惠码的客户',
  'Redeemed no more; what was redeemed stays': '已停用，不再接受兑换；已兑换的仍然有效',
  'Upper case, of A to Z, 0 to 9 and hyphens': '大写，由 A 至 Z、0 至 9 和连字符组成',
  'How often it was redeemed': '已兑换的次数',
  'A coupon': '查询优惠码',
  'All coupons': '列出优惠码',
  'The newest first, archived ones too.': '最新的在前，包括已停用的。',
  'The coupons a customer has redeemed': '列出客户兑换过的优惠码',
  'Redeem a coupon for a customer': '为客户兑换优惠码',
  'It becomes a discount of the periods that begin from today on. To lower a first invoice, or that of a change, give `coupon` with the subscription or the change.':
    '兑换后从今天起开始的周期享受折扣。如需抵扣首张账单或变更账单，请在订阅或变更时提供 `coupon`。',
  catalogue: '产品目录',
  'Meters, plans and the seller': '计量项、套餐和销售方',
  'Create or rename a meter': '创建或重命名计量项',
  'How it counts is fixed when it is made (409 `meter_in_use`); its name, its unit and further properties of `groupBy` may follow.':
    '计数的方式在创建时确定（否则返回 409 `meter_in_use`）；名称、单位以及更多的 `groupBy` 属性之后可以修改。',
  'One text for both languages, or one each': '两种语言共用一段文字，或各写一段',
  'One text for both languages, or one each; `one` is English for one of them':
    '两种语言共用一段文字，或各写一段；`one` 是数量为一时的英文',
  'Count the events of its type that were stored before as well, in the periods that are not billed yet':
    '此前存储的同类型事件也计入尚未出账的周期',
  'All meters': '列出计量项',
  'In the order of their keys.': '按标识排列。',
  'Set the seller printed on invoices': '设置账单上的销售方',
  'No invoice is issued without one. Invoices that are issued keep the seller of their day.':
    '没有销售方不能出账。已出账的账单保留当时的销售方。',
  'Whether invoices of which every line is 0 are issued too, such as those of a free plan':
    '各行均为 0 的账单（例如免费套餐）是否也出账',
  'The seller': '查看销售方',
  '404 `not_found` until one is set.': '尚未设置时返回 404 `not_found`。',
  'Create a plan or a new version of it': '创建套餐或套餐的新版本',
  'Subscribers stay on the version they have.': '已订阅的客户仍使用原来的版本。',
  'One plan': '查看套餐',
  'The newest version, or the one that `version` names.': '最新版本，或 `version` 指定的版本。',
  'All plans, newest versions': '列出套餐的最新版本',
  'Those that are no longer sold only with `includeArchived=true`.':
    '已停售的套餐只在 `includeArchived=true` 时列出。',
  'What a price charges for a quantity': '试算价格',
  'The same computation as on an invoice line, with its explanation. Nothing is kept.':
    '与账单行的计算完全相同，并附计算过程。不保存任何内容。',
  'Units used, with at most six decimals; minor units where the price is a percentage':
    '使用的数量，最多六位小数；按百分比计价时为最小货币单位',
  'In how many events: what `perEvent` is charged for; 1 when absent':
    '分为多少个事件：`perEvent` 按此收取；不写为 1',
  'How far meters are filled from events stored before': '查看计量项的补算进度',
  'Of a meter with `backfill`, and of a `groupBy` that was added later: until it is done that break-down does not add up.':
    '用于带 `backfill` 的计量项，以及后来增加的 `groupBy`：补算完成之前，细分的合计不等于总量。',
  customers: '客户',
  'Customers, their subscriptions and discounts': '客户及其订阅与折扣',
  'Create a customer': '创建客户',
  'An `id` is made where none is given. The currency is CNY unless given, and stays; the time zone is Asia/Shanghai and the language Chinese unless given.':
    '不写 `id` 时自动生成。币种默认 CNY，之后不能修改；时区默认 Asia/Shanghai，语言默认中文。',
  'Customers, newest first': '列出客户，最新的在前',
  'Of all, or those that `q` finds.': '全部客户，或 `q` 找到的客户。',
  'The beginning of an id, an alias, an e-mail address, or a part of a company’s name':
    '编号、别名或邮箱的开头，或公司名称的一部分',
  'One customer': '查看客户',
  'By their id or an alias.': '按编号或别名。',
  'Change a customer': '修改客户',
  'What is left out stays. A new time zone holds from the date in `nextTimezone`; with `version`, a stale one is refused.':
    '未写的字段不变。新的时区自 `nextTimezone` 中的日期起生效；写明 `version` 时，版本过旧会被拒绝。',
  "The transactions of a customer's balance, newest first": '列出客户的余额明细，最新的在前',
  'Subscribe a customer to a plan': '为客户订阅套餐',
  'The first invoice is issued at once, unless it begins with a trial or nothing is charged in advance.':
    '立即生成第一张账单；以试用开始或没有预收费用时除外。',
  'Now when absent; at most 35 days ago': '不写为现在；最早 35 天前',
  "Days without a fee before the first one; the plan's when absent, 0 for none":
    '首次收费之前免费的天数；不写按套餐的设置，0 表示没有试用',
  "A customer's subscription": '查看客户的订阅',
  'End a trial earlier or later': '提前或推迟结束试用',
  'What waits for the end of the trial goes with it.': '等待试用结束的安排随之改期。',
  'The first date that is paid for, today at the earliest: the fee is then invoiced at once':
    '开始收费的第一天，最早为今天，届时立即生成套餐费账单',
  'A version of the plan: how its subscribers follow a change of it. Their own version, or the newest of another plan, when absent':
    '套餐的版本：套餐修改后，已订阅的客户由此换用新版本。不写时，同一套餐保持客户的版本，其他套餐用最新版本',
  'A higher or equal plan now and a lower one at the end of the billing period, when absent. What is scheduled here stands beside what the customer schedules, who cannot take it back':
    '不写时，价格相同或更高的套餐立即生效，更低的在计费周期结束时生效。此处安排的变更与客户自己安排的并存，客户不能撤销',
  'Of a subscription to start': '用于开始订阅',
  'Move a customer to a plan and seats': '变更客户的套餐和席位',
  'A higher or equal plan at once, with an invoice where it costs; a lower one at the end of the billing period; any at the time `when` says. Asking for what they have undoes what was scheduled here.':
    '价格相同或更高的套餐立即生效，需付费时生成账单；更低的在计费周期结束时生效；也可用 `when` 指定时间。变更为当前的套餐和席位会撤销此处安排的变更。',
  'Undo a scheduled change': '撤销已安排的变更',
  "The one scheduled here, or with `by=customer` the customer's. Without one nothing changes.":
    '撤销此处安排的变更，或用 `by=customer` 撤销客户安排的变更。没有时不做任何改变。',
  "Whose change: the vendor's own when absent": '撤销谁的变更：不写为销售方自己的',
  "End a customer's subscription": '取消客户的订阅',
  'Now, with an invoice for the usage so far, or at the end of the billing period.':
    '立即取消并为目前的用量生成账单，或在计费周期结束时取消。',
  'With `now`: give the days not used back as balance': '与 `now` 一起使用：将未使用天数的费用退入余额',
  'Take a cancellation back': '撤销取消',
  "A customer's further ids, oldest first": '列出客户的别名，最早的在前',
  'At most 100.': '最多 100 个。',
  'Give a customer a further id': '为客户增加别名',
  'Events and calls that name it are of this customer. No two customers share an id or an alias; a customer has at most 100.':
    '使用别名的事件和请求都属于该客户。编号和别名在客户之间不能重复；每位客户最多 100 个别名。',
  'Take a further id back': '删除别名',
  'What was recorded by it stays.': '用该别名记录的内容保留。',
  'Subscriptions of all customers, the last made first': '列出所有客户的订阅，最近创建的在前',
  'Those that have ended are among them.': '已结束的订阅也在其中。',
  'Whose it is: the beginning of a customer’s id, an alias, an e-mail address, or a part of a company’s name':
    '属于谁：编号、别名或邮箱的开头，或公司名称的一部分',
  'How many subscriptions there are': '统计订阅数',
  'Of at most 100,000 (400 `invalid_range`).': '最多统计 100,000 个（超出返回 400 `invalid_range`）。',
  'How many subscriptions of the filter there are, and seats, by plan and status; `seats: null` where the plan knows none':
    '筛选出的订阅数和席位数，按套餐和状态分组；套餐不按席位计时 `seats` 为 null',
  'Charge a customer once': '向客户收取一次性费用',
  'It is never prorated, and discounts do not apply to it. `invoice` is the invoice it is on. Voiding an invoice of charges alone withdraws them; voiding any other makes its charges due again.':
    '一次性费用不按天折算，也不享受折扣。`invoice` 为其所在的账单。作废只含一次性费用的账单即撤回这些费用；作废其他账单后，其中的一次性费用重新待出账。',
  'Unique per customer: the same charge told again is answered as it is now':
    '每位客户唯一：相同费用重复提交时返回其当前状态',
  'Minor units of the account’s currency for one, above zero: to give money, adjust the balance or credit an invoice. `quantity` × `unitAmount` is at most 1,000,000,000,000':
    '单价，账户币种的最小货币单位，须大于零：要给客户退款或补偿，请调整余额或冲减账单。`quantity` × `unitAmount` 最大 1,000,000,000,000',
  'Omitted: that of the plan at the time it is billed': '不写则采用出账时所用套餐的税率',
  '`now`: on an invoice of its own, at once. `next_invoice`: it waits, and may be withdrawn, until the next invoice: of the subscription’s start, of a change or an ending, or of the end of the usage period, which is issued for it alone if need be. Without a subscription it is billed on the first of the month after':
    '`now`：立即单独出账。`next_invoice`：列为待出账项，可撤回，计入下一张账单：开通、变更或终止时的账单，或用量周期结束时的账单（没有其他内容时也会为其单独生成）。'
    + '没有订阅时，于次月 1 日出账',
  "A customer's one-off charges, newest first": '列出客户的一次性费用，最新的在前',
  'Those that wait, those that are billed, and those that were withdrawn.':
    '包括待出账、已出账和已撤回的费用。',
  'A one-off charge': '读取一项一次性费用',
  'With its state now.': '返回其当前状态。',
  'Withdraw a one-off charge that waits': '撤回待出账的一次性费用',
  'It is never billed. One that is billed is credited instead (409 `charge_billed`).':
    '撤回后不再出账。已出账的费用请改用贷项凭证冲减（返回 409 `charge_billed`）。',
  'One-off charges of all customers, newest first': '列出所有客户的一次性费用，最新的在前',
  '`start` and `end` are of when they were made.': '`start` 和 `end` 指费用的创建时间。',
  'A whole id or invoice number, or the beginning of a customer’s id, an alias, an e-mail address, or a part of a company’s name':
    '完整的费用编号或账单编号，或客户编号、别名、邮箱的开头，或公司名称的一部分',
  'What one-off charges come to': '汇总一次性费用',
  'Over all charges of the filter, by currency, before tax is added: not of a page':
    '筛选出的全部一次性费用按币种合计，未加税，不限于一页',
  "A customer's discounts": '列出客户的折扣',
  'In the order they apply, at most 50.': '按生效的顺序，最多 50 个。',
  'Give a customer a discount, or change it': '给予或修改客户的折扣',
  'Counts for documents issued from now on: of their lines, those whose period starts in its dates. What is issued stays as it is.':
    '用于此后生成的账单：其中周期开始日期在有效期内的行。已出账的账单不变。',
  'Take a discount away': '删除折扣',
  'What is issued stays as it is.': '已出账的账单不变。',
  'Record a refund that was paid out': '登记已支付的退款',
  'Of a credit note, at most what it still gives; else of the balance. The same reference told again counts once.':
    '贷项凭证的退款，最多为其未退的金额；否则为余额的退款。同一凭证号重复登记只计一次。',
  'Unique per customer: the same refund told again counts once': '每位客户唯一：同一退款重复登记只计一次',
  'The credit note it pays back; without it, the balance': '退还的贷项凭证；不写则退还余额',
  "A customer's refunds, newest first": '列出客户的退款，最新的在前',
  'Of credit notes and of the balance.': '贷项凭证的退款和余额的退款。',
  "Put a customer's balance right": '调整客户的余额',
  'What it adds first pays open invoices, the oldest first.': '增加的余额先支付待付款的账单，最早的优先。',
  'Minor units; below zero it takes from the balance, at most what is there':
    '最小货币单位；为负时从余额中扣除，最多扣完',
  'After it, and after what it paid of open invoices': '调整之后、支付待付款的账单之后的余额',
  'Usage events and quota': '用量事件与配额',
  'Recorded events': '列出用量事件',
  'Of one customer the newest first; of all, customer by customer in the order of their ids, and then the newest first. Of all customers the last day unless told, and at most 31 days; by a property the last 31 days unless told, and at most 92.':
    '单个客户的事件最新的在前；所有客户的事件先按客户编号排列，再以最新的在前。所有客户默认查询最近一天，最多 31 天；按属性查询默认最近 31 天，最多 92 天。',
  'A property; with `value` and `customerId`: the events in which it has this value':
    '属性名；与 `value` 和 `customerId` 一起：该属性为此值的事件',
  'A date in the seller’s time zone (the end is inclusive) or an instant':
    '销售方时区的日期（包含结束日期），或时间',
  'Record usage': '上报用量',
  'One event or up to 1,000, one a line as NDJSON, or CloudEvents 1.0 in structured, batched or binary mode; `Content-Encoding: gzip` is taken, up to 8 MB unpacked. Each stands for itself: what is wrong with one is told in `rejected`, and the others are kept. An event id counts once. What is older than 35 days is taken with `historical: true` and is shown only.':
    '一个事件或最多 1,000 个事件，NDJSON 每行一个，或 CloudEvents 1.0 的结构化、批量、二进制模式；接受 `Content-Encoding: gzip`，'
    + '解压后最大 8 MB。各事件互不影响：有问题的列在 `rejected` 中，其余照常记录。同一事件编号只计一次。35 天以前的事件用 `historical: true` 记录，只展示。',
  'Recorded events as a file': '导出用量事件',
  'A line of JSON for each, written while it is read; what is stored after it was begun stays out. Four of a key are written at the same time (429 `rate_limited`). Whoever takes nothing of it for 30 seconds is let go. Of one customer the newest first; of all, customer by customer in the order of their ids, and then the newest first. Of all customers the last day unless told, and at most 31 days; by a property the last 31 days unless told, and at most 92.':
    '每行一个 JSON，边读边写；开始导出之后存储的事件不在其中。同一密钥可同时导出四个（超出返回 429 `rate_limited`）。30 秒内未读取任何内容的连接会被断开。'
    + '单个客户的事件最新的在前；所有客户的事件先按客户编号排列，再以最新的在前。所有客户默认导出最近一天，最多 31 天；按属性导出默认最近 31 天，最多 92 天。',
  'One recorded event': '查看用量事件',
  'With what each meter counts of it, also where it was taken back.':
    '附各计量项对其计数的结果，已撤销的也可查看。',
  'null: an event of a type for which no meter’s filters hold': 'null：其类型没有任何计量项的条件符合',
  'Of an event that names one: it is listed once for each meter that counts it':
    '指明了类型的事件：每个对其计数的计量项各列一次',
  'What a quota granted above the allowance; null for what was recorded':
    '配额授予的、超出可用量的部分；上报的事件为 null',
  'What each meter counts of it': '各计量项对其计数的结果',
  "A customer's reservations, the newest first": '列出客户的预留，最新的在前',
  'Those of the last 35 days: as long as what was really used can be told.':
    '最近 35 天的预留：在此期间都可以结算实际用量。',
  "A customer's usage over any range": '查询任意时间范围的用量',
  'In all, and by hour, day or month where asked. At most 1,830 days (400 `invalid_range`).':
    '总用量，也可按小时、天或月给出。最多 1,830 天（超出返回 400 `invalid_range`）。',
  'A date of the customer’s (both are in); by the hour also an instant (half-open)':
    '客户时区的日期（首尾均包含）；按小时查询时也可以是时间（不包含结束）',
  'Also by hours of UTC (of one meter, at most 31 days), days (at most 366) or months':
    '另按 UTC 的小时（单个计量项，最多 31 天）、天（最多 366 天）或月给出',
  "In the meter's units": '以计量项的单位计',
  'Half-open; those without usage are left out': '不包含结束；没有用量的时段不列出',
  "A customer's deficits": '列出客户的待抵扣用量',
  'Those that count in the current usage period, or will in the next.':
    '计入当前用量周期或将计入下一周期的待抵扣用量。',
  'Units that were used ahead of an allowance that ended lower. They are never billed: they count as used in the usage periods after, until they are worked off':
    '可用量降低之前已提前用掉的数量。从不计费：在之后的用量周期中计为已用量，直到抵扣完',
  'Forgive a deficit': '免除待抵扣用量',
  'All of it or some: it does not count as used any more. What it was, and why it was forgiven, stays recorded.':
    '全部或部分免除：不再计为已用量。原来的数量和免除的原因保留记录。',
  'Units; all of it when absent': '免除的数量；不写为全部',
  'Events that were rejected, newest first': '列出被拒绝的事件，最新的在前',
  'With the reason, also after the answer that told it is lost; of one customer or for one reason where asked. Kept for 100 days, at most 10,000 a customer.':
    '附拒绝的原因，上报时的响应丢失也可查询；可按客户或原因筛选。保留 100 天，每位客户最多 10,000 个。',
  'Try rejected events again': '重试被拒绝的事件',
  'As they were sent, once a missing meter is made or a limit is raised; one without a time counts now. What is accepted leaves the list.':
    '补建缺少的计量项或提高上限之后，按原样重试；没有时间的按现在计。被接受的事件从列表中移除。',
  'All when absent, at most 1,000 at once': '不写为全部，一次最多 1,000 个',
  'Take usage back': '撤销用量',
  'Events, consumed and settled usage too, leave sums, levels and quota, and stay listed as voided; the next invoice adjusts a period that is issued. Their ids stay used: send what replaces them under others.':
    '事件（包括用 consume 和结算记录的用量）从合计、存量和配额中移除，并作为已撤销继续列出；已出账的周期由下一张账单调整。其编号不能再用：替换的事件请用新编号上报。',
  'The customer sees it': '客户可以看到',
  'Events that arrived after their period was billed, the last stored first':
    '列出出账之后到达的事件，最后存储的在前',
  'With what became of each: an issued invoice never changes, so the next one carries an adjustment. Those stored in the last 100 days.':
    '附处理结果：已出账的账单从不改变，由下一张账单调整。只列出最近 100 天存储的。',
  "A customer's usage in a period": '查看客户在某个周期的用量',
  'Of the current usage period when none is named.': '不指定时为当前用量周期。',
  'Where the usage of a period went': '核对某个周期的用量',
  'Counted again from the events and the invoices: accepted = billed + adjusted + unbilled + uncharged. `difference` is anything but 0 only where a row is wrong.':
    '根据事件和账单重新计算：accepted = billed + adjusted + unbilled + uncharged。只有数据有误时 `difference` 才不为 0。',
  'Waits for its invoice': '等待出账',
  'Never costs anything: outside a subscription or after it was ended at once, of a meter the plan does not charge, or above a limit':
    '不收费：在订阅之外、在立即结束之后、套餐不收费的计量项，或超出上限',
  'Was recorded and taken back: in none of the others': '已记录后撤销：不计入其他各项',
  'Was recorded as history, which is shown and not billed: in none of the others':
    '作为历史用量记录，只展示不计费：不计入其他各项',
  'accepted − billed − adjusted − unbilled − uncharged: 0':
    'accepted − billed − adjusted − unbilled − uncharged，应为 0',
  'The refused events of the period, as sent, the last refused first; at most 1,000':
    '该周期被拒绝的事件，按原样，最后拒绝的在前；最多 1,000 个',
  'How often it was sent and refused': '上报并被拒绝的次数',
  'What is left of an allowance': '查看剩余的可用量',
  'In the current usage period. Asking holds nothing back: `consume` and `reserve` do.':
    '当前用量周期的数据。查询不占用可用量；`consume` 和 `reserve` 才占用。',
  '`allowed` answers whether so many units would be granted; 1 when absent':
    '`allowed` 表示是否会授予这么多；不写为 1',
  'included + granted − used − deficit − reserved; null when unlimited':
    'included + granted − used − deficit − reserved；不限量时为 null',
  'When the allowance begins anew; null where only grants allow it':
    '可用量重新开始的时间；只有资源包可用时为 null',
  'Give a customer units': '为客户发放资源包',
  'They cover what is used above the plan’s allowance on the dates on which they are valid, before overage or a block, and without a plan for the meter too. Drawn first: the lower priority, then the earlier last date, then promotional before paid, then the earlier first date, then the one made first. At most 100 that are not over.':
    '在有效日期内抵扣超出套餐可用量的用量，先于按量计费和停止使用；没有订阅或套餐不含该计量项时也可使用。抵扣顺序：priority 小的在前，其次先到期的，其次赠送的先于付费的，其次先生效的，最后先创建的。未结束的资源包最多 100 个。',
  "A customer's grants, the newest first": '列出客户的资源包，最新的在前',
  'Also those that are used up, expired or void.': '包括已用完、已到期和已作废的。',
  'A grant, with the dates that drew on it': '查看资源包及各日期抵扣的数量',
  'Void a grant': '作废资源包',
  'What was drawn and what open reservations hold stays; the rest can be drawn no more.':
    '已抵扣的数量和未结束的预留所占的数量保留；其余不能再抵扣。',
  'Let a grant expire earlier': '让资源包提前到期',
  'With the end of today, or of another date before its last.': '在今天或原到期日之前的某一天结束时到期。',
  'Let a grant last longer': '延长资源包的有效期',
  'As long as it has not expired; one that has is followed by another grant.':
    '仅限未到期的资源包；已到期的请另发一个。',
  'Told again with the same content, the grant is answered as it is': '以相同内容重复请求时返回已有的资源包',
  '`effectiveOn`: from today to 366 days ahead, today when absent; `expiresOn`: the last date on which it is drawn, at most 3,660 days later, none when absent. Both are dates of the customer’s':
    '`effectiveOn`：从今天起最多提前 366 天，不写为今天；`expiresOn`：最后可抵扣的日期，最多在其后 3,660 天，不写为不到期。均为客户时区的日期',
  '`expiresOn`: today when absent': '`expiresOn`：不写为今天',
  'Use some of an allowance, if it is left': '在可用量之内使用',
  'Never grants more than the plan allows, however many ask at once. The same id again answers the same.':
    '无论多少请求同时到达，授予的数量都不会超出套餐允许的范围。同一编号重复请求返回同样的结果。',
  '1 when absent; a decimal may be a text. Without one, a number in the properties that has the name of an amount is refused, as in an event':
    '不写为 1；小数可写成文本。不写时，属性中若有表示数量的数字会被拒绝，与事件相同',
  'Where a limit blocks: as much as is left (`partial`, when absent), or the whole quantity or nothing (`all`)':
    '达到上限时：有多少用多少（`partial`，默认），或要么全部要么不用（`all`）',
  'A number with more digits than a double has, such as a 64-bit id, is kept as text':
    '超出双精度位数的数字（例如 64 位编号）保留为文本',
  'Hold back some of an allowance': '预留可用量',
  'For work whose size is known only afterwards. Settle it with what was used, or release it; else it is given back when it expires. Events, consume and reserve share one space of ids.':
    '用于事后才知道用量的工作。之后按实际用量结算或释放；到期自动退回。事件、consume 和 reserve 共用一套编号。',
  'The most the work may use': '该工作最多使用的数量',
  'After this the reservation holds nothing any more': '超过此时间，预留不再占用可用量',
  'Of the usage it is settled with': '结算时记录的用量的属性',
  'What is held back: less than asked where no more is left': '实际预留的数量：剩余不足时少于请求的数量',
  'Record what reserved work really used': '结算预留',
  'Counts when and where it was reserved. More than reserved: all of it where overage is billed; else what was reserved and what is left. Still possible after it has expired, for 35 days.':
    '计入预留时的时间和套餐。超出预留的部分：超出用量计费时全部计入；否则只计预留的和剩余的。到期后 35 天内仍可结算。',
  'What the work really used': '实际使用的数量',
  'Added to those told when it was reserved': '与预留时的属性合并',
  'What was recorded': '记录的数量',
  'What was used beyond a limit: not counted, and listed among the refused events':
    '超出上限的用量：不计数，列入被拒绝的事件',
  'Give back what is reserved': '释放预留',
  'All of it; nothing is recorded. Told again, it changes nothing.':
    '全部退回，不记录用量。重复请求不做任何改变。',
  invoices: '账单',
  'Invoices, payments and credit notes': '账单、付款与贷项凭证',
  'Invoices and credit notes of all customers, the last issued first':
    '列出所有客户的账单和贷项凭证，最近出账的在前',
  'Without drafts, which are listed with their customer.': '不含草稿，草稿在其客户的列表中。',
  'The beginning of a number such as INV-202603, or the beginning of a customer’s id, an alias, an e-mail address, or a part of a company’s name':
    '账单编号的开头（例如 INV-202603），或客户编号、别名、邮箱的开头，或公司名称的一部分',
  'What invoices come to': '汇总账单',
  'Payments of all customers, the last recorded first': '列出所有客户的付款，最近登记的在前',
  'Those that were reversed are among them.': '已撤销的付款也在其中。',
  'A whole reference or invoice number, or the beginning of a customer’s id, an alias, an e-mail address, or a part of a company’s name':
    '完整的付款凭证号或账单编号，或客户编号、别名、邮箱的开头，或公司名称的一部分',
  'What payments come to': '汇总付款',
  'Sums over all payments of the filter, by currency: not of a page':
    '筛选出的全部付款按币种合计，不限于一页',
  "A customer's invoices, newest first": '列出客户的账单，最新的在前',
  "Issue a past period's invoice": '为已结束的周期生成账单',
  'Answers the one there is when it was issued already.': '已出账时返回已有的账单。',
  'Void an invoice': '作废账单',
  'Its number stays taken. One that has payments that were not reversed, or credit notes, or of which later invoices gave something back, cannot be voided.':
    '编号不再使用。有未撤销的付款、有贷项凭证，或之后的账单已退还其部分金额的账单不能作废。',
  'Give an invoice back, in part or whole': '开具贷项凭证',
  'Issues a credit note, a document with a number of its own. It lowers what is due of the invoice first; the rest becomes balance, which pays other open invoices, or with `refund` waits to be paid back. All notes of an invoice give back at most what changes and adjustments left of it.':
    '全部或部分冲减账单，生成一张有独立编号的贷项凭证。先减少该账单的待付金额；其余计入余额并支付其他待付款的账单，或用 `refund` 等待退款。一张账单的全部贷项凭证最多冲减变更和调整之后余下的金额。',
  'With tax; spread over the lines by what is left of each': '含税；按各行余下的金额分摊',
  'Each carries its share of the discount and the tax of its line': '每行附带其折扣和税额的相应部分',
  'What it does not take off the amount due waits for a refund instead of paying other invoices':
    '未用于减少待付金额的部分等待退款，不支付其他账单',
  'Record a payment': '登记付款',
  'What is above the amount due becomes balance, which pays other open invoices, the oldest first.':
    '超出待付金额的部分计入余额，支付其他待付款的账单，最早的优先。',
  'Unique per invoice: paying twice under one reference is refused':
    '每张账单唯一：用同一凭证号重复付款会被拒绝',
  'The payments on an invoice': '列出账单的付款',
  'Reverse a payment': '撤销付款',
  'What it paid is due again, by the terms counted from now. Balance it made is taken back, from the invoices that used it since, the newest first; what was refunded meanwhile becomes a charge. Answers the invoice; told again, it changes nothing.':
    '其支付的金额重新待付，付款期限从现在起算。由它产生的余额从此后使用余额的账单中收回，最新的优先；其间已退款的部分改为收费。返回该账单；重复请求不做任何改变。',
  'Prove the books': '核对账目',
  'The rows that break a rule, of `limit` customers at a time: usage, invoices and their hashes, balances, numbers. An empty list is the proof. `npm run reconcile` asks here while a server holds the data.':
    '违反规则的数据，每次核对 `limit` 位客户：用量、账单及其哈希、余额、编号。列表为空即为无误。服务器占用数据时，`npm run reconcile` 通过此接口核对。',
  'The rule': '规则',
  'The row that breaks it': '违反规则的数据',
  'How many customers were looked at for this page': '本页核对的客户数',
  activity: '变更动态',
  'What happened, in order': '按顺序列出发生的事',
  'What changed, oldest first': '列出变更，最早的在前',
  'Keep `nextCursor` and ask again with it: it stands at the end too (null only while nothing has happened yet). Nothing ever appears behind a cursor, and each change appears once.':
    '保存 `nextCursor` 并用它继续查询：到达末尾时仍会返回（尚无任何变更时为 null）。游标之前不会再出现新的变更，每个变更只出现一次。',
  'portal sessions': '控制台会话',
  'Letting customers into the portal': '让客户进入控制台',
  'Let somebody into the portal': '创建控制台会话',
  'An embedded portal takes the `token`; `url` opens one that stands alone, once, within 60 seconds. Without a `role` the session may do everything.':
    '嵌入的控制台使用 `token`；`url` 可在 60 秒内打开独立的控制台一次。不写 `role` 时拥有全部权限。',
  'Where the reader comes from: when the session is over, the portal leads back there':
    '使用者从哪个页面进入：会话结束后返回该页面',
  'The page to open, below /portal': '打开控制台的哪个页面，即 /portal 之后的路径',
  'Opens the portal once, within 60 seconds': '60 秒内可打开控制台一次',
  'Redeem a one-time code': '兑换一次性代码',
  'No key needed; works once, within 60 seconds. Also sets the renewal cookie.':
    '无需密钥；60 秒内有效，只能使用一次。同时设置续期 Cookie。',
  keys: '密钥',
  'The secret keys of this API': '此 API 的密钥',
  'The secret keys, newest first': '列出密钥，最新的在前',
  'With the beginning and the last four letters of each, never the key itself. Keys that were revoked or have expired are listed too.':
    '只显示开头和最后四位，从不显示完整密钥。已吊销和已过期的也会列出。',
  'Create a secret key': '创建密钥',
  'The answer holds the key, this once. `read` looks at everything, `events` sends usage and asks for quota, `full` does everything.':
    '响应中包含密钥，仅此一次。`read` 可读取全部内容，`events` 可上报用量和查询配额，`full` 拥有全部权限。',
  'What it is used for': '用途',
  '`full` when neither it nor scopes are given': '两者都不写时为 `full`',
  'Replace a secret key': '轮换密钥',
  'Creates a key that may do the same, and lets the old one end after `overlapSeconds`.':
    '创建权限相同的新密钥，旧密钥在 `overlapSeconds` 之后失效。',
  'How long the old key may still be used; a day when absent': '旧密钥还可使用多久；不写为一天',
  'End a secret key': '吊销密钥',
  'When the answer is there, no process accepts the key any more. Revoking it again changes nothing.':
    '收到响应时，所有进程都已不再接受该密钥。重复吊销不做任何改变。',
  'test clock': '测试时钟',
  'Only on a server with a test clock': '只在使用测试时钟的服务器上提供',
  'The time on the test clock': '查看测试时钟',
  'It stands still until it is moved.': '在拨动之前保持不变。',
  'Move the test clock forward': '向前拨动测试时钟',
  'Everything that falls due on the way happens before the answer.': '期间到期的事项全部完成后才返回。',
  'Of a break-down; null where the meter itself is filled': '细分所用的属性；补算计量项本身时为 null',
  'Events that the meter counts now': '该计量项现在计入的事件数',
  'Events of its type that it could not count': '该类型中无法计入的事件数',
  'On its last plan; dates are the customer’s': '以最后的套餐为准；日期均为客户时区',
  'The first date after the trial it is in': '所在试用期之后的第一天',
  'The first date after its end, which has come or is scheduled; null where it continues':
    '结束之后的第一天，可能已到或已安排；不结束时为 null',
  'The one meter that counts it; or `type`': '对其计数的唯一计量项；或用 `type`',
  'What kind of event it is: every meter with this `eventType` counts it, and the one of this key':
    '事件的类型：所有 `eventType` 与之相同的计量项，以及以此为标识的计量项都会计数',
  "In the meter's units; 1 when absent. A decimal as text stays exact, and so does a number with more digits than a double has. An event without one is refused (`validation_failed`) where a number in its properties has the name of an amount: a word such as count, total or qty, the meter's unit or what its name is about (`{ token_count: 1250 }`)":
    '以计量项的单位计；不写为 1。写成文本的小数保持精确，超出双精度位数的数字也如此。没有数量的事件，若属性中有名称表示数量的数字，会被拒绝（`validation_failed`）：'
    + '例如 count、total、qty 等词，计量项的单位，或计量项名称所指的事物（`{ token_count: 1250 }`）',
  'Of more than 35 days ago: it is shown, and counts for no quota and no invoice. `time` is needed then':
    '用于 35 天以前的事件：只展示，不占配额，也不计费。此时 `time` 必填',
  'CloudEvents 1.0: the event id is JSON.stringify([source, id])':
    'CloudEvents 1.0：事件编号为 [source, id] 的 JSON 文本',
  'The type: every meter with this `eventType` counts it, and the one of this key':
    '类型：所有 `eventType` 与之相同的计量项，以及以此为标识的计量项都会计数',
  'The customer: their id, or an alias': '客户：编号或别名',
  JSON: 'JSON',
  'The rest is kept as properties. Without a quantity none of it may be a number, except where the meter names it as a label':
    '其余内容保留为属性。没有数量时，除计量项指明为标签的以外，不能有数字',
  "In the meter's units; 1 when absent. A decimal as text stays exact, and so does a number with more digits than a double has":
    '以计量项的单位计；不写为 1。写成文本的小数保持精确，超出双精度位数的数字也如此',
  'An extension attribute: of more than 35 days ago, it is shown, and counts for no quota and no invoice':
    '扩展属性：用于 35 天以前的事件，只展示，不占配额，也不计费',
  'Whether the same event may be taken another time, once a customer or a meter is made or its time has come':
    '补建客户或计量项之后，或时间到达之后，同一事件是否可能被接受',
  'Of `event_conflict`: the fields in which the event recorded under this id is another':
    '用于 `event_conflict`：与已用此编号记录的事件不同的字段',
  'Of `event_conflict`: the event recorded under this id': '用于 `event_conflict`：已用此编号记录的事件',
  "Of those accepted: the ones of a meter that the customer's plan does not charge, or that came after a subscription was ended at once. Absent where there are none. Usage before a customer's first subscription is undecided, and not told: its `startsAt` may still be set up to 35 days back":
    '已接受的事件中：客户的套餐不收费的计量项的事件，以及在立即结束订阅之后到达的事件。没有时不出现。客户首次订阅之前的用量尚未确定，不列出：`startsAt` 仍可设为最多 35 天前',
  'What was really used, as told': '上报的实际用量',
  'As it was sent': '按原样',
  'Whether trying it again as it was sent may go better, once what refused it is mended':
    '消除被拒绝的原因之后，按原样重试是否可能成功',
  'The label of the usage period it falls in': '所在用量周期的标识',
  'When that period was billed': '该周期出账的时间',
  '`billed`: `invoice` counts it. `pending`: the next invoice will. `unchanged`: a later invoice looked at it, and nothing in what was billed changed. `uncharged`: no plan charges it. `voided`: it was taken back before':
    '`billed`：已计入 `invoice`。`pending`：将计入下一张账单。`unchanged`：之后的账单核对过，已出账的金额不变。`uncharged`：没有套餐对其收费。'
    + '`voided`：此前已撤销',
  'The account, subscription, invoice or charge it happened to: read it for its state now; of a balance, the refund or adjustment; of a coupon, the discount':
    '变更的账户、订阅、账单或一次性费用的编号：其当前状态请另行读取；余额的变更为退款或调整的编号，优惠码为折扣的编号',
  'The beginning of the key': '密钥的开头',
  '`admin` allows everything; `customers:*` reading and writing':
    '`admin` 拥有全部权限；`customers:*` 可读取和修改',
  'To the minute': '精确到分钟',
  'The key itself; it is never shown again': '密钥本身，不会再次显示',
  "Vendor's API": '销售方 API',
  "For the vendor's own systems: plans, customers, usage, quota and invoices. Amounts are minor units, such as cents; instants are UTC. `Idempotency-Key` makes a POST or PUT safe to repeat.":
    '供销售方自己的系统使用：套餐、客户、用量、配额和账单。金额为最小货币单位（分），时间为 UTC。带 `Idempotency-Key` 的 POST 或 PUT 可以安全重试。',
  'A secret key of the vendor, with the scope that each operation names':
    '销售方的密钥，须具有各接口注明的权限',
}
