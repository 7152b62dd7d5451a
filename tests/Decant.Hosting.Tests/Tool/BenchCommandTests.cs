using System.Text.Json;

namespace Decant.Tests.Tool;

public class BenchCommandTests
{
    [Fact]
    public async Task Every_figure_is_measured_as_often_as_asked_with_its_spread()
    {
        var run = await ToolRun.Async("bench", "--prompt-tokens", "40", "--tokens", "4", "--streams", "1", "3", "--repeats", "2", "--json");
        Assert.Equal((0, ""), (run.Code, run.Error));
        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal(("decant-tiny", "cpu", 40, 4, 2), (Text("model"), Text("engine"), Number("prompt_tokens"), Number("output_tokens"), Number("repeats")));
        var figures = json.RootElement.GetProperty("figures").EnumerateArray().ToList();
        Assert.Equal(7, figures.Count);
        Assert.All(figures, figure => Assert.True(Value(figure, "lowest") > 0 && Value(figure, "lowest") <= Value(figure, "median") && Value(figure, "median") <= Value(figure, "highest")));

        string? Text(string name) => json.RootElement.GetProperty(name).GetString();
        int Number(string name) => json.RootElement.GetProperty(name).GetInt32();
        static double Value(JsonElement figure, string name) => figure.GetProperty(name).GetDouble();
    }

    [Fact]
    public async Task The_table_says_what_was_measured_and_asks_no_more_than_the_context_holds()
    {
        var run = await ToolRun.Async("bench", "--prompt-tokens", "100000", "--tokens", "2", "--streams", "2", "--repeats", "1", "--context", "128");
        Assert.Equal(0, run.Code);
        Assert.Contains("prompt 64 tokens, answers 2 tokens", run.Output);
        Assert.Contains("2 at once: all together", run.Output);
    }
}
