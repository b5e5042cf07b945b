# ruff: noqa: E501  one sentence and its translation, one line
"""What the launcher says, in the language of the terminal. gettext needs compiled catalogs; this needs nothing."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping

ZH = {
    "Building the Python environment from {file} …": "正在按 {file} 构建 Python 环境……",
    "Python environment ready in {seconds} s.": "Python 环境已就绪,用时 {seconds} 秒。",
    "uv could not install ({reason}); trying pip.": "uv 安装失败({reason}),改用 pip。",
    "The packages could not be installed. The last lines were:\n{lines}\nIs a package index reachable? Set PIP_INDEX_URL or pip's own configuration to one that is.": "软件包安装失败。最后的输出为:\n{lines}\n能否访问软件包索引?请通过 PIP_INDEX_URL 或 pip 配置文件指定可用的索引。",
    "{file} is missing: this does not look like a whole copy of Gatehouse.": "缺少 {file}:这似乎不是完整的 Gatehouse 副本。",
    "No pip on this machine, and none could be fetched from {index} ({reason}). Install it (on Debian: apt-get install python3-pip) or make the index reachable.": "本机没有 pip,也无法从 {index} 获取({reason})。请安装 pip(Debian 上执行 apt-get install python3-pip),或确保索引可访问。",
    "{path} belongs to another account. Run this as that account, or use a copy of your own.": "{path} 属于其他账户。请以该账户运行,或使用您自己的副本。",
    "{path} cannot be written ({reason}). Run this from a copy in a folder you own.": "无法写入 {path}({reason})。请在您自己的目录中使用副本运行。",
    "Gatehouse is already running here (process {pid}) at {address}. Stop it with Ctrl-C in its terminal, or: kill {pid}": "Gatehouse 已在此处运行(进程 {pid}),地址为 {address}。请在其终端按 Ctrl-C 停止,或执行:kill {pid}",
    "Gatehouse is already starting here (process {pid}). Wait for it, or stop it: kill {pid}": "Gatehouse 正在此处启动(进程 {pid})。请等待其完成,或将其停止:kill {pid}",
    "{port} is not a port number: it must lie between 1 and 65535.": "{port} 不是有效的端口号,应在 1 到 65535 之间。",
    "Port {port} is taken by another program. Free it, or choose another: ./run --port {other}": "端口 {port} 已被其他程序占用。请释放该端口,或另选一个:./run --port {other}",
    "Port {port} is taken by another program; using {other} instead.": "端口 {port} 已被其他程序占用,改用 {other}。",
    "{host} is not an address of this machine ({reason}).": "{host} 不是本机的地址({reason})。",
    "No PostgreSQL: neither the wheel nor a system one (15 or newer) was found. Install PostgreSQL, or set DATABASE_URL.": "未找到 PostgreSQL:既没有随附的安装包,也没有系统版本(15 或更高)。请安装 PostgreSQL,或设置 DATABASE_URL。",
    "No Valkey or Redis: neither the wheel nor a system one was found. Install one, or set REDIS_URL.": "未找到 Valkey 或 Redis:既没有随附的安装包,也没有系统版本。请安装其一,或设置 REDIS_URL。",
    "The data in {path} was made by PostgreSQL {old}, this one is {new}. Move the folder aside to begin anew, or dump it with {old} and load it with {new}.": "{path} 中的数据由 PostgreSQL {old} 创建,当前版本为 {new}。请将该目录移走以重新开始,或用 {old} 导出后再用 {new} 导入。",
    "{name} did not start. Its log, {log}, ends:\n{lines}": "{name} 未能启动。其日志 {log} 末尾为:\n{lines}",
    "Starting PostgreSQL and Valkey …": "正在启动 PostgreSQL 和 Valkey……",
    "Making a database (first time only) …": "正在创建数据库(仅首次)……",
    "Found {name} (process {pid}) left over from a run that was killed; stopping it.": "发现上次被强制终止的运行遗留的 {name}(进程 {pid}),正在停止。",
    "Preparing the database and the demo data …": "正在准备数据库和演示数据……",
    "Preparing the database …": "正在准备数据库……",
    "`{command}` failed. Its log, {log}, ends:\n{lines}": "`{command}` 失败。其日志 {log} 末尾为:\n{lines}",
    "Collecting the static files …": "正在收集静态文件……",
    "Starting the web server, the worker and the clock …": "正在启动 Web 服务器、任务进程和定时器……",
    "The web server gave no page within {seconds} s. Its log, {log}, ends:\n{lines}": "Web 服务器在 {seconds} 秒内未能返回页面。其日志 {log} 末尾为:\n{lines}",
    "Gatehouse is ready at {address} (after {seconds} s)": "Gatehouse 已就绪:{address}(用时 {seconds} 秒)",
    "Sign in as:": "可用以下账户登录:",
    "Demo people with published passwords can sign in: keep this address to yourself.": "演示账户的密码是公开的,请勿将此地址提供给他人。",
    "Logs are in {path}. Ctrl-C stops everything.": "日志位于 {path}。按 Ctrl-C 停止全部进程。",
    "{name} stopped ({how}); starting it again in {seconds} s. Its log is {log}": "{name} 已停止({how}),{seconds} 秒后重新启动。其日志为 {log}",
    "{name} is running again.": "{name} 已恢复运行。",
    "killed by signal {number}": "被信号 {number} 终止",
    "exit code {number}": "退出码 {number}",
    "Stopping …": "正在停止……",
    "Everything is stopped.": "已全部停止。",
    "Pressed again: stopping without waiting.": "再次按下:立即停止,不再等待。",
    "End-to-end tests are left out: no Chromium was found. Install it, or set CHROMIUM_PATH.": "未找到 Chromium,跳过端到端测试。请安装 Chromium,或设置 CHROMIUM_PATH。",
    "REQUIRE_E2E=1, but no Chromium was found. Install it, or set CHROMIUM_PATH to its program.": "已设置 REQUIRE_E2E=1,但未找到 Chromium。请安装 Chromium,或将 CHROMIUM_PATH 设为其程序路径。",
    "CHROMIUM_PATH names {path}, which cannot be run.": "CHROMIUM_PATH 指向 {path},但该文件无法执行。",
    "Testing on {database}, {broker}.": "测试环境:{database},{broker}。",
    "a throw-away PostgreSQL {version}": "一次性 PostgreSQL {version}",
    "a throw-away Valkey": "一次性 Valkey",
    "the server in DATABASE_URL": "DATABASE_URL 指定的服务器",
    "the server in REDIS_URL": "REDIS_URL 指定的服务器",
    "uv is needed to resolve the packages; it was not found and could not be installed.": "解析软件包需要 uv,但未找到且无法安装。",
    "uv could not resolve {file}:\n{lines}": "uv 无法解析 {file}:\n{lines}",
    "{files} do not match pyproject.toml: run `python3 launch requirements` and commit what it writes.": "{files} 与 pyproject.toml 不一致:请运行 `python3 launch requirements` 并提交其结果。",
    "Wrote {file}": "已写入 {file}",
    "Say what to do: run, test, requirements or environment.": "请指明操作:run、test、requirements 或 environment。",
    "Starts Gatehouse on this machine: database, broker, web server, worker and clock.": "在本机启动 Gatehouse:数据库、消息代理、Web 服务器、任务进程和定时器。",
    "port to serve on (default: PORT, else 8000 or the next free one)": "服务端口(默认取 PORT,否则为 8000 或其后首个空闲端口)",
    "address to listen on (default: 127.0.0.1, this machine only)": "监听地址(默认 127.0.0.1,仅限本机)",
    "do not load the demo people and cases": "不载入演示人员和案件",
}


def language(environ: Mapping[str, str] | None = None) -> str:
    """Return "zh" when the terminal's locale is Chinese, else "en"."""
    env = os.environ if environ is None else environ
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if env.get(name):
            return "zh" if env[name].lower().startswith("zh") else "en"
    return "en"


def words(english: str, **values: object) -> str:
    """Return the sentence in the terminal's language with its places filled.

    An English sentence without a translation is returned as it is; a test sees to it that there is none.
    """
    sentence = ZH.get(english, english) if language() == "zh" else english
    return sentence.format(**values)


def say(english: str, **values: object) -> None:
    """Print one sentence at once, whatever the terminal can show."""
    line = words(english, **values)
    encoding = sys.stdout.encoding or "utf-8"
    print(line.encode(encoding, "replace").decode(encoding), flush=True)
