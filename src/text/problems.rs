//! What failed, what is safe, what to do. The server's or the system's own words come separately, by `…_detail`.

use crate::domain::{FileFault, Notice, Problem, RowFault, Step, StoreFault};

use super::Text;

sentences! {
    moved_while_open(file: &str): "“{file}” was moved, deleted or replaced while it was open: the last step was not saved. Put it back and do the step again, or use “Send a copy” now: the copy has everything before it." | "“{file}”在打开时被移动、删除或替换了，最后一步没有保存。把文件放回原处再做一次，或现在用“另存副本”：之前的都在副本里。";
    not_backed_up(file: &str): "No backup of “{file}” could be made. Everything is saved in the session itself; the next try comes by itself." | "“{file}”的备份没有做成。内容都已存进会话本身，稍后会自动再试。";
    rows_refused(rows: u64): "{rows} rows do not fit and stay out" | "{rows} 行不合格式，未导入";
}

impl Text {
    /// A failure in one or two sentences.
    pub fn problem(self, problem: &Problem) -> String {
        match problem {
            Problem::Store { path, fault } => self.store_fault(&name(path), fault),
            Problem::File { path, fault } => self.file_fault(&name(path), fault),
            Problem::Request(fault) => self.request_fault(fault),
        }
    }

    /// The server's or the system's own words.
    pub fn problem_detail(self, problem: &Problem) -> Option<String> {
        match problem {
            Problem::Store { path, fault } => match fault {
                StoreFault::Damaged { said } | StoreFault::Other { said } => {
                    Some(format!("{}: {said}", path.display()))
                }
                _ => Some(path.display().to_string()),
            },
            Problem::File { path, fault } => match fault {
                FileFault::Broken { said, .. } | FileFault::Contradicts { said, .. } | FileFault::Other { said } => {
                    Some(said.clone())
                }
                FileFault::UnknownFormat { seen, .. } => Some(seen.clone()),
                _ => Some(path.display().to_string()),
            },
            Problem::Request(fault) => self.request_detail(fault),
        }
    }

    /// Why a session file could not be used.
    pub fn store_fault(self, file: &str, fault: &StoreFault) -> String {
        match fault {
            StoreFault::Missing => self.pick(
                format!("“{file}” is not there. It was moved or deleted; open it where it is now."),
                format!("找不到“{file}”。它可能被移动或删除了，请到现在的位置打开。"),
            ),
            StoreFault::Exists => self.pick(
                format!("“{file}” exists already and was left as it is. Choose another name."),
                format!("“{file}”已经存在，没有改动它。换一个名字。"),
            ),
            StoreFault::Moved => self.moved_while_open(file),
            StoreFault::Locked { holder } => self.pick(
                format!("“{file}” is open in another Pairloom ({holder}). Close it there, then open it here."),
                format!("“{file}”正在另一个 Pairloom 里打开（{holder}）。先在那边关闭，再到这里打开。"),
            ),
            StoreFault::Newer { found, known } => self.pick(
                format!("“{file}” was written by a newer Pairloom (format {found}, this one knows {known}). Nothing was changed; update Pairloom to open it."),
                format!("“{file}”由更新的 Pairloom 写成（格式 {found}，此版本支持到 {known}）。没有改动它，更新 Pairloom 后再打开。"),
            ),
            StoreFault::NotASession => self.pick(
                format!("“{file}” is not a Pairloom session, and was left as it is. To read prompts or replies from it, import it."),
                format!("“{file}”不是 Pairloom 的会话文件，没有改动它。要读取其中的提示或回复，请用导入。"),
            ),
            StoreFault::Damaged { .. } => self.pick(
                format!("“{file}” is damaged. Run `pairloom check {file} --repair OUT` to save what can be read, or take the newest file of the folder “backups”."),
                format!("“{file}”已损坏。运行 `pairloom check {file} --repair OUT` 抢救可读的内容，或使用“backups”文件夹里最新的备份。"),
            ),
            StoreFault::ReadOnly => self.pick(
                format!("“{file}” or its folder may not be written to. What was saved before is safe. Change the permissions or use another folder."),
                format!("“{file}”或它所在的文件夹不可写。之前保存的都在。请修改权限，或换一个文件夹。"),
            ),
            StoreFault::DiskFull => self.pick(
                format!("The disk is full: the last step was not saved in “{file}”. Everything before it is safe. Free some space, then do it again."),
                format!("磁盘已满，最后一步没有存进“{file}”，之前的都在。腾出空间后再做一次。"),
            ),
            StoreFault::NetworkDrive { kind } => self.pick(
                format!("“{file}” lies on a network drive ({kind}), where two people could damage it. Copy it to this machine and open the copy."),
                format!("“{file}”在网络磁盘上（{kind}），直接打开可能损坏。请复制到本机再打开。"),
            ),
            StoreFault::Other { .. } => self.pick(
                format!("“{file}” could not be used. What was saved before is safe."),
                format!("无法使用“{file}”。之前保存的都在。"),
            ),
        }
    }

    /// Why a data file could not be read or written.
    pub fn file_fault(self, file: &str, fault: &FileFault) -> String {
        match fault {
            FileFault::Missing => self.pick(
                format!("“{file}” is not there. Check the path."),
                format!("找不到“{file}”。请检查路径。"),
            ),
            FileFault::Denied => self.pick(
                format!("“{file}” may not be read, or its folder may not be written to. Nothing was changed."),
                format!("没有权限读取“{file}”，或它的文件夹不可写。没有任何改动。"),
            ),
            FileFault::DiskFull => self.pick(
                format!("The disk is full: “{file}” was not written, and what was there before is untouched. Free some space, then try again."),
                format!("磁盘已满，没有写入“{file}”，原有内容未动。腾出空间后再试。"),
            ),
            FileFault::IsFolder => self.pick(
                format!("“{file}” is a folder. Choose a file."),
                format!("“{file}”是文件夹。请选择文件。"),
            ),
            FileFault::Empty => {
                self.pick(format!("“{file}” is empty."), format!("“{file}”是空的。"))
            }
            FileFault::NotText { line } => self.pick(
                format!("“{file}” is not text (line {line}). Nothing was imported; save it as UTF-8 and try again."),
                format!("“{file}”不是文本（第 {line} 行）。没有导入任何内容，请另存为 UTF-8 再试。"),
            ),
            FileFault::UnknownFormat { .. } => self.pick(
                format!("“{file}” has a format that cannot be imported. Nothing was changed."),
                format!("“{file}”的格式不能导入。没有任何改动。"),
            ),
            FileFault::Broken { line, .. } => self.pick(
                format!("“{file}” is broken at line {line}. Nothing was imported from it."),
                format!("“{file}”在第 {line} 行有错误。没有从中导入任何内容。"),
            ),
            FileFault::Contradicts { line, .. } => self.pick(
                format!("Line {line} of “{file}” contradicts an earlier one. Nothing was imported from it."),
                format!("“{file}”第 {line} 行与前面的内容矛盾。没有从中导入任何内容。"),
            ),
            FileFault::NothingInIt => self.pick(
                format!("“{file}” holds nothing that could be imported."),
                format!("“{file}”里没有可以导入的内容。"),
            ),
            FileFault::CannotHold { format, systems, histories, can } => {
                let can = can.join(", ");
                let (english, chinese) = match (systems, histories) {
                    (systems, 0) => (
                        format!("the system prompts of {systems} groups"),
                        format!("{systems} 组的系统提示"),
                    ),
                    (0, histories) => (
                        format!("the earlier turns of {histories} groups"),
                        format!("{histories} 组的前几轮对话"),
                    ),
                    (systems, histories) => (
                        format!("the system prompts of {systems} groups and the earlier turns of {histories}"),
                        format!("{systems} 组的系统提示和 {histories} 组的前几轮对话"),
                    ),
                };
                self.pick(
                    format!("{format} has no place for {english}. “{file}” was not written. These formats have: {can}."),
                    format!("{format} 格式放不下{chinese}，没有写入“{file}”。可用的格式：{can}。"),
                )
            }
            FileFault::Newer { found, known } => self.pick(
                format!("“{file}” was written by a newer Pairloom (version {found}, this one knows {known}). Update Pairloom to read it."),
                format!("“{file}”由更新的 Pairloom 写成（版本 {found}，此版本支持到 {known}）。请更新 Pairloom。"),
            ),
            FileFault::Other { .. } => self.pick(
                format!("“{file}” could not be used. Nothing was changed."),
                format!("无法使用“{file}”。没有任何改动。"),
            ),
        }
    }

    /// Why a row stays out.
    pub fn row_fault(self, fault: &RowFault) -> String {
        match fault {
            RowFault::NotJson { said } => self.pick(format!("Not JSON: {said}"), format!("不是 JSON：{said}")),
            RowFault::WrongShape { expected } => {
                self.pick(format!("Expected {expected}"), format!("这里应为 {expected}"))
            }
            RowFault::Missing { field } => self.pick(format!("Missing: {field}"), format!("缺少 {field}")),
            RowFault::BadValue { field, said } => {
                self.pick(format!("{field} cannot be used: {said}"), format!("{field} 不能用：{said}"))
            }
            RowFault::Empty { field } => self.pick(format!("Empty: {field}"), format!("{field} 是空的")),
            RowFault::TooFewReplies { found } => {
                self.pick(format!("Only {found} replies"), format!("只有 {found} 条回复"))
            }
            RowFault::StoredError { said } => {
                self.pick(format!("A stored error, not a reply: {said}"), format!("存的是错误信息，不是回复：{said}"))
            }
        }
    }

    /// A refused row with its line.
    pub fn refused_row(self, line: u64, fault: &RowFault) -> String {
        let why = self.row_fault(fault);
        self.pick(format!("line {line}: {why}"), format!("第 {line} 行：{why}"))
    }

    /// A step as undo names it.
    pub fn step(self, step: &Step) -> String {
        match step {
            Step::Labeled { number } => self.pick(format!("{number} labeled"), format!("{number} 已标")),
            Step::NoneAcceptable { number } => {
                self.pick(format!("{number} none acceptable"), format!("{number} 都不满意"))
            }
            Step::Later { number, set: true } => {
                self.pick(format!("{number} put aside for later"), format!("{number} 放到稍后"))
            }
            Step::Later { number, set: false } => {
                self.pick(format!("{number} taken from the later pile"), format!("{number} 取回"))
            }
            Step::RegeneratedOne { number } => {
                self.pick(format!("one reply of {number} regenerated"), format!("{number} 重新生成一条"))
            }
            Step::Edited { number } => self.pick(format!("{number} edited"), format!("{number} 已编辑")),
            Step::Wrote { number } => self.pick(format!("{number} reply written"), format!("{number} 自写一条")),
            Step::Skipped { number } => self.pick(format!("{number} skipped"), format!("{number} 已跳过")),
            Step::Regenerated { number } => self.pick(format!("{number} regenerated"), format!("{number} 已重新生成")),
            Step::Flagged { number, set: true } => self.pick(format!("{number} flagged"), format!("{number} 加标记")),
            Step::Flagged { number, set: false } => {
                self.pick(format!("{number} flag removed"), format!("{number} 去标记"))
            }
            Step::Noted { number } => self.pick(format!("{number} note"), format!("{number} 备注")),
            Step::Added { groups: 1 } => self.pick("1 group added", "添加 1 组").to_owned(),
            Step::Added { groups } => self.pick(format!("{groups} groups added"), format!("添加 {groups} 组")),
            Step::Imported { groups, file } => {
                self.pick(format!("{groups} groups from {file}"), format!("从 {file} 导入 {groups} 组"))
            }
        }
    }

    /// A message in one or two sentences.
    pub fn notice(self, notice: &Notice) -> String {
        match notice {
            Notice::Undone(step) => {
                let step = self.step(step);
                self.pick(format!("Undone: {step}"), format!("已撤销：{step}"))
            }
            Notice::Redone(step) => {
                let step = self.step(step);
                self.pick(format!("Done again: {step}"), format!("已重做：{step}"))
            }
            Notice::TrialIncomplete => {
                self.pick("Write a prompt and at least one reply first.", "请先填写提示和至少一条回复。").to_owned()
            }
            Notice::TrialLeads { number } => self.pick(
                format!("These are replies of group {number}, which you have not labeled yet. What a scorer says of them would lead you; label the group first."),
                format!("这是第 {number} 组的回复，你还没有标注。先看分数会影响你的判断，请先标注这一组。"),
            ),
            Notice::NothingToPick => self.pick(
                "Nothing to pick: every group with scores is labeled, or none has scores yet. Run the scorer on more groups first.".to_owned(),
                "没有可抽的组：有分数的组都已标注，或还没有分数。先让评分器多评一些组。".to_owned(),
            ),
            Notice::NothingToUndo => self.pick("Nothing to undo".to_owned(), "没有可撤销的".to_owned()),
            Notice::NothingToRedo => self.pick("Nothing to redo".to_owned(), "没有可重做的".to_owned()),
            Notice::UndoPassedOver(step) => {
                let step = self.step(step);
                self.pick(
                    format!("Passed over, changed since: {step}"),
                    format!("之后又有改动，已跳过：{step}"),
                )
            }
            Notice::NothingChecked => self.pick(
                "Nothing is checked. Skip this group (S), or is none acceptable (X)?".to_owned(),
                "还没有勾选。跳过此组（S），还是都不满意（X）？".to_owned(),
            ),
            Notice::NotReady => self.pick(
                "Not all replies are here yet. Wait for them, or skip the group (S).".to_owned(),
                "回复还没到齐。等一等，或跳过此组（S）。".to_owned(),
            ),
            Notice::AllChecked => self.pick(
                "All replies were checked, so this group gives no pairs. Z takes it back.".to_owned(),
                "全部勾选了，这一组不产生偏好对。按 Z 撤销。".to_owned(),
            ),
            Notice::CannotRegenerate => self.pick(
                "Only replies that a server was asked for can be regenerated.",
                "只有向服务器请求来的回复才能重新生成。",
            ).to_owned(),
            Notice::NothingWritten => self.pick(
                "Nothing to take: the text is empty or unchanged. The reply stays as it is.",
                "没有可用的改动：内容为空，或与原文相同。原回复不变。",
            ).to_owned(),
            Notice::ScorerNameTaken { name } => self.pick(
                format!("A scorer named {name} is there already. Choose another name."),
                format!("已有名为 {name} 的评分器，请换个名字。"),
            ),
            Notice::ScorerIncomplete => self.pick(
                "A scorer needs a name and the address of a server.",
                "评分器需要名称和服务器地址。",
            ).to_owned(),
            Notice::NoEndpoint => self.pick(
                "No server is set. Choose one on the Generate view.".to_owned(),
                "还没有设置服务器。请在“生成”页选择。".to_owned(),
            ),
            Notice::Exported { path, pairs, groups } => {
                let (file, pairs) = (path.display().to_string(), pairs.to_string());
                self.pick(
                    format!("Wrote {pairs} pairs of {groups} groups to {file}"),
                    format!("已把 {groups} 组、{pairs} 对写入 {file}"),
                )
            }
            Notice::Imported { file, groups, replies, duplicates, refused } => self.pick(
                format!("{file}: {groups} groups, {replies} replies added; {duplicates} were there already, {refused} rows stay out"),
                format!("{file}：新增 {groups} 组、{replies} 条回复；{duplicates} 组已有，{refused} 行未导入"),
            ),
            Notice::ImportCancelled { file } => self.pick(
                format!("The import of {file} was cancelled. Nothing of it is in the session."),
                format!("已取消导入 {file}，会话里没有留下它的任何内容。"),
            ),
            Notice::CopySaved { path } => {
                let file = path.display();
                self.pick(format!("A complete copy is at {file}"), format!("完整副本在 {file}"))
            }
            Notice::NotBackedUp { path, .. } => self.not_backed_up(&name(path)),
            Notice::Recovered { labels, replies } => self.pick(
                format!("Recovered after a crash. {labels} labels and {replies} replies are here, and so are your unconfirmed checks."),
                format!("上次意外退出，已恢复。{labels} 个标注、{replies} 条回复都在，没确认的勾选也在。"),
            ),
            Notice::Problem(problem) => self.problem(problem),
        }
    }
}

fn name(path: &std::path::Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}
