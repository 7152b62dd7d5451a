using System.Text.Json;
using System.Text.Json.Nodes;
using static Microsoft.Playwright.Assertions;

namespace Decant.Tests.Hosting.Playground;

/// <summary>Choosing options on the page.</summary>
[Collection(nameof(PlaygroundBrowser))]
public class PlaygroundPanelTests(PlaygroundBrowser browser)
{
    [SkippableFact]
    public async Task A_form_of_any_kind_says_the_kind_alone_until_something_is_changed()
    {
        await using var page = await browser.OpenAsync();
        var said = JsonElement.Parse(await page.Page.EvaluateAsync<string>(
            """
            async () => {
              const { createForms } = await import('/playground/form.js');
              const schema = await (await fetch('/decant/schema')).json();
              const forms = createForms(schema);
              return JSON.stringify(Object.entries(schema.slots).flatMap(([slot, { kinds }]) => Object.entries(kinds).map(([kind, { default: value }]) =>
                ({ slot, kind, said: forms.editor({ slot }, value, kind, () => { }).value() }))));
            }
            """));
        var slots = StrategySlot.All.Concat(StrategySlot.Parts).ToDictionary(slot => slot.Name);
        Assert.Equal(slots.Values.Sum(slot => slot.Kinds.Count), said.GetArrayLength());
        Assert.All(said.EnumerateArray(), each =>
        {
            var (slot, kind) = (slots[each.GetProperty("slot").GetString()!], each.GetProperty("kind").GetString()!);
            Assert.Equal($$"""{"kind":"{{kind}}"}""", JsonSerializer.Serialize(each.GetProperty("said")));
            Assert.Equal(slot.Default(kind), StrategyReader.Read(each.GetProperty("said"), slot));
        });
    }

    [SkippableFact]
    public async Task The_form_writes_the_json_and_the_json_the_form()
    {
        await using var page = await browser.OpenAsync();
        await page.Option("search").SelectOptionAsync("best-of");
        await page.Option("n").FillAsync("3");
        await page.Option("rewards").SelectOptionAsync("length");
        await page.Option("min").FillAsync("5");
        await page.Option("calibration").CheckAsync();
        var said = DecodingOptions.Read(await page.JsonAsync());
        Assert.Equal(new DecodingOptions { Search = new BestOfOptions { N = 3, Rewards = [new LengthRewardOptions { Min = 5, Calibration = new CalibrationOptions() }] } }, said);

        await page.Option("The same as JSON").FillAsync("""{ "speculation": { "kind": "draft-model", "model": "m", "verifier": "block", "length": { "kind": "fixed" } }, "processors": [], "surprise": 1 }""");
        Assert.Equal("draft-model m block fixed", string.Join(' ', await page.Option("speculation").InputValueAsync(), await page.Option("model").InputValueAsync(), await page.Option("verifier").InputValueAsync(), await page.Option("length").InputValueAsync()));
        await page.Option("max nodes").FillAsync("8");
        var json = JsonNode.Parse(await page.JsonAsync())!;
        Assert.Equal("""{"kind":"draft-model","model":"m","verifier":{"kind":"block"},"length":{"kind":"fixed"},"max_nodes":8}""", Sorted(json["speculation"]!, "kind", "model", "verifier", "length", "max_nodes"));
        Assert.Empty(json["processors"]!.AsArray());
        Assert.Equal(1, (int)json["surprise"]!);
    }

    [SkippableFact]
    public async Task Strategies_of_a_list_are_added_and_removed()
    {
        await using var page = await browser.OpenAsync();
        await page.Option("processors").SelectOptionAsync("dry");
        await page.Option("processors").SelectOptionAsync("no-repeat-ngram");
        Assert.Equal("""{"processors":[{"kind":"dry"},{"kind":"no-repeat-ngram"}]}""", Compact(await page.JsonAsync()));
        await page.Panel().GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Remove processors 1" }).ClickAsync();
        Assert.Equal("""{"processors":[{"kind":"no-repeat-ngram"}]}""", Compact(await page.JsonAsync()));
    }

    [SkippableFact]
    public async Task Options_that_the_server_refuses_are_explained_at_the_panel_until_they_are_changed()
    {
        await using var page = await browser.OpenAsync();
        await page.Option("search").SelectOptionAsync("best-of");
        await page.AskAsync("What is 58 + 67?");
        var fault = page.Panel().GetByRole(Microsoft.Playwright.AriaRole.Alert);
        await Expect(fault).ToContainTextAsync("best-of: Rewards must be at least one reward");
        await Expect(page.LastTurn).ToContainTextAsync("best-of: Rewards must be at least one reward");
        await page.ScreenshotAsync("refused-1280");
        await page.Option("search").SelectOptionAsync("");
        await Expect(fault).ToBeHiddenAsync();
        await page.AskAsync("What is 58 + 67?");
        await Expect(page.LastTurn).ToContainTextAsync("125");
    }

    [SkippableTheory]
    [InlineData("{", "Not yet options")]
    [InlineData("[]", "options are an object")]
    [InlineData("""{"kind":"greedy"}""", "put this strategy into its slot")]
    public async Task What_is_no_options_object_is_not_sent(string json, string fault)
    {
        await using var page = await browser.OpenAsync();
        await page.Option("The same as JSON").FillAsync(json);
        await Expect(page.Panel().GetByRole(Microsoft.Playwright.AriaRole.Alert)).ToContainTextAsync(fault);
        await page.Message.FillAsync("Hello");
        await page.Page.Locator("#send").ClickAsync();
        await Expect(page.Page.Locator(".turn")).ToHaveCountAsync(0);
    }

    [SkippableFact]
    public async Task Options_and_the_last_prompt_outlive_a_reload_and_travel_in_a_link()
    {
        await using var page = await browser.OpenAsync();
        await page.Option("sampling").SelectOptionAsync("greedy");
        await page.Call("Seed").FillAsync("11");
        await page.Message.FillAsync("Wo wohnt Savisha? ✓");
        await page.Page.ReloadAsync();
        await page.ReadyAsync();
        await HoldsAsync(page);

        await page.Page.Context.GrantPermissionsAsync(["clipboard-read", "clipboard-write"]);
        await page.Page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Copy link" }).ClickAsync();
        await Expect(page.Status).ToContainTextAsync("copied");
        var link = await page.Page.EvaluateAsync<string>("navigator.clipboard.readText()");
        await using var other = await browser.OpenAsync(url: link);
        await HoldsAsync(other);

        await using var spoilt = await browser.OpenAsync(url: browser.Host.Url + "/#s=nonsense");
        Assert.Equal("{}", await spoilt.JsonAsync());

        foreach (var decodings in new[] { "[null,3]", "[[],[]]", "{}", "[{}]" })
        {
            var state = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{{\"decodings\":{decodings}}}"));
            await using var strange = await browser.OpenAsync(url: $"{browser.Host.Url}/#s={state.TrimEnd('=')}");
            Assert.Equal("{}", await strange.JsonAsync());
        }

        static async Task HoldsAsync(PlaygroundPage page)
        {
            Assert.Equal("greedy", await page.Option("sampling").InputValueAsync());
            Assert.Equal("11", await page.Call("Seed").InputValueAsync());
            Assert.Equal("Wo wohnt Savisha? ✓", await page.Message.InputValueAsync());
        }
    }

    private static string Compact(string json) => JsonNode.Parse(json)!.ToJsonString();

    private static string Sorted(JsonNode node, params string[] names)
        => new JsonObject(names.Select(name => KeyValuePair.Create(name, node[name]?.DeepClone())).Concat(node.AsObject().Where(member => !names.Contains(member.Key)).Select(member => KeyValuePair.Create(member.Key, member.Value?.DeepClone())))).ToJsonString();
}
