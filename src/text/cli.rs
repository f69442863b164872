//! What the command line says beside problems.

sentences! {
    cli_made(path: &str): "Made {path}" | "已创建 {path}";
    cli_no_endpoint: "Name a server with --endpoint URL (or --endpoint sample)." | "用 --endpoint URL 指定服务器（或 --endpoint sample）。";
    cli_waiting(said: &str): "waiting for the server: {said}" | "等待服务器：{said}";
    cli_rate(rate: &str): "{rate} replies/s" | "每秒 {rate} 条";
    cli_generated(groups: u64, have: u64, wanted: u64): "{have} of {wanted} replies in {groups} groups" | "{groups} 组，{have} / {wanted} 条回复";
    cli_failed(failed: u64): "{failed} replies failed; run the same command with --retry to ask for them again. The last one:" | "{failed} 条失败；加上 --retry 再运行一次会重新请求。最近一条：";
    cli_go_on: "Stopped. Everything that arrived is saved; the same command goes on." | "已停下。收到的都已保存，再运行同一条命令会接着做。";
    cli_sample_server(url: &str): "Sample server (no model behind it) at {url}; Ctrl-C ends it" | "示例服务器（没有模型）在 {url}，按 Ctrl-C 结束";
    cli_imported(file: &str, groups: u64, replies: u64, duplicates: u64): "{file}: {groups} groups, {replies} replies added; {duplicates} were there already" | "{file}：新增 {groups} 组、{replies} 条回复；{duplicates} 组已经有了";
    cli_cannot_write(format: &str): "{format} cannot be written; ms-swift and archive can." | "不能导出为 {format}；可以用 ms-swift 或 archive。";
    cli_exported(path: &str, pairs: u64, groups: u64): "{path}: {pairs} pairs of {groups} groups. Load it with:" | "{path}：{groups} 组，{pairs} 对。这样加载：";
    cli_out_without_input: "--out is for a file of replies or pairs; the scores of a session stay in it." | "--out 只用于回复或偏好对文件；会话的分数保存在会话里。";
    cli_input_without_out: "Name the file to write with --out." | "用 --out 指定要写的文件。";
    cli_group_rate(rate: &str): "{rate} groups/s" | "每秒 {rate} 组";
    cli_scored(scored: u64, groups: u64): "{scored} of {groups} groups scored" | "{groups} 组中 {scored} 组已评分";
    cli_kept_beside(path: &str): "Every request and answer is kept in {path}, so that the same command goes on." | "每个请求和回答都保存在 {path}，再运行同一条命令会接着做。";
    cli_pair_accuracy(pairs: u64, percent: f64): "Pair accuracy {percent:.1} % over {pairs} pairs" | "{pairs} 对，配对准确率 {percent:.1} %";
    cli_margins(mean: f64, median: f64): "Margin chosen − rejected: mean {mean:.3}, median {median:.3}" | "分差（chosen − rejected）：平均 {mean:.3}，中位数 {median:.3}";
    cli_checked(version: u32, groups: u64, replies: u64, labels: u64): "Format {version}: {groups} groups, {replies} replies, {labels} labels" | "格式 {version}：{groups} 组，{replies} 条回复，{labels} 个标注";
    cli_sound: "No damage found." | "没有发现损坏。";
    cli_damaged(problems: u64): "{problems} problems. Use --repair OUT to save what can be read into a new file." | "发现 {problems} 处问题。用 --repair OUT 把能读出的内容存进新文件。";
    cli_repaired(path: &str, groups: u64, replies: u64, labels: u64): "{path} holds what could be read: {groups} groups, {replies} replies, {labels} labels" | "能读出的内容已存入 {path}：{groups} 组，{replies} 条回复，{labels} 个标注";
}
