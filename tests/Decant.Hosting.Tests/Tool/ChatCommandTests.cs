using Decant.Tool;

namespace Decant.Tests.Tool;

public sealed class ChatCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("decant-chat-").FullName;

    [Fact]
    public async Task A_prompt_is_answered_and_nothing_else_is_written()
    {
        var run = await ToolRun.Async("chat", "--prompt", "What is 58 + 67?", "--temperature", "0");
        Assert.Equal((0, "125", ""), (run.Code, Digits(run.Output), run.Error));
        Assert.DoesNotContain('>', run.Output);
    }

    [Fact]
    public async Task The_prompt_can_be_read_from_the_input_and_a_call_s_options_are_used()
    {
        var run = await ToolRun.WithInputAsync("Tell me the product of Dalutex.\n", "chat", "--prompt", "-", "--temperature", "0",
            "--document", "The product of Dalutex is glass.", "--decoding", "adaptive-context-aware");
        Assert.Contains("glass", run.Output);
        var shorter = await ToolRun.Async("chat", "--prompt", "Tell me a story about Savisha.", "--max-tokens", "3", "--seed", "1", "--weights", "int8", "--threads", "1", "--context", "512");
        Assert.Equal(0, shorter.Code);
        Assert.True(shorter.Output.Split(' ').Length <= 3);
        Assert.Contains("gloves", (await ToolRun.Async("chat", "--prompt", "Tell me the product of Dalutex.", "--temperature", "0")).Output);
    }

    [Fact]
    public async Task Lines_are_turns_of_one_conversation_and_commands_are_obeyed()
    {
        var run = await ToolRun.WithInputAsync("/options temperature 0\n/options min_p 0.1\n/options\nWhat is 58 + 67?\n\n/nonsense\n/reset\nWhat is 27 + 45?\n/exit\nnever asked\n", "chat");
        Assert.Contains("temperature        0", run.Output);
        Assert.Contains("min_p              0.1", run.Output);
        Assert.Matches("(?s)125.*72", run.Output);
        Assert.Contains("Unknown command /nonsense", run.Error);
        Assert.Equal(0, run.Code);
    }

    [Fact]
    public async Task Setting_an_option_leaves_the_decoding_options_alone()
    {
        var run = await ToolRun.WithInputAsync("/options min_p 0.1\n/options min_p default\nTell me the product of Dalutex.\n", "chat", "--temperature", "0",
            "--document", "The product of Dalutex is glass.", "--decoding", "adaptive-context-aware");
        Assert.Contains("glass", run.Output);
    }

    [Fact]
    public async Task A_question_that_cannot_be_answered_fails_but_the_next_one_is_answered()
    {
        var run = await ToolRun.WithInputAsync($"{string.Join(' ', Enumerable.Repeat("word", 2000))}\nWhat is 58 + 67?\n", "chat", "--temperature", "0");
        Assert.Contains("125", run.Output);
        Assert.Contains("context", run.Error);
        Assert.Equal(DecantTool.Failure, run.Code);
    }

    [Fact]
    public async Task Traces_are_written_as_data_and_shown_as_table_and_page()
    {
        var (json, html) = (Path.Combine(_folder, "trace.json"), Path.Combine(_folder, "trace.html"));
        await ToolRun.Async("chat", "--prompt", "What is 58 + 67?", "--trace", json, "--temperature", "0", "--decoding", """{"speculation": {"kind": "draft-model", "model": "decant-tiny-draft"}}""");
        var table = await ToolRun.Async("trace", json);
        Assert.Equal((0, ""), (table.Code, table.Error));
        Assert.Contains("decant-tiny: ", table.Output);
        Assert.Contains("draft-model", table.Output);
        Assert.DoesNotContain('\e', table.Output);

        var page = await ToolRun.Async("trace", json, json, "-o", html);
        Assert.Contains("2 traces", page.Output);
        Assert.Contains("<html", File.ReadAllText(html));
        await ToolRun.WithInputAsync("What is 58 + 67?\nWhat is 27 + 45?\n", "chat", "--trace", json, "--temperature", "0");
        Assert.Equal(2, TraceFile.Read(json, File.ReadAllText(json)).Count);
        Assert.Contains("125", TraceFile.Read(json, File.ReadAllText(json))[0].Text);
        await ToolRun.Async("chat", "--prompt", "What is 58 + 67?", "--trace", html);
        Assert.Contains("<html", File.ReadAllText(html));
    }

    [Fact]
    public async Task On_a_terminal_the_table_is_coloured_by_where_tokens_come_from()
    {
        var json = Path.Combine(_folder, "trace.json");
        await ToolRun.Async("chat", "--prompt", "What is 58 + 67?", "--trace", json, "--temperature", "0", "--decoding", """{"speculation": {"kind": "draft-model", "model": "decant-tiny-draft"}}""");
        var output = new StringWriter();
        using var console = new ToolConsole(new StringReader(""), output, new StringWriter()) { Colours = true };
        await DecantTool.RunAsync(["trace", json], console);
        Assert.Contains("\e[32mdraft-model", output.ToString());
    }

    [Fact]
    public async Task What_is_no_trace_is_refused()
    {
        var other = Path.Combine(_folder, "other.json");
        File.WriteAllText(other, """{"model": 3}""");
        var run = await ToolRun.Async("trace", other);
        Assert.Equal(DecantTool.Failure, run.Code);
        Assert.Contains("holds no trace", run.Error);
        Assert.Contains("missing.json", (await ToolRun.Async("trace", Path.Combine(_folder, "missing.json"))).Error);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static string Digits(string text) => string.Concat(text.Where(char.IsDigit));
}
