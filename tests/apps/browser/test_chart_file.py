"""A chart written as HTML is drawn by a browser that can fetch nothing."""

from minions_core.charts import Point, cost_quality, save


def test_a_chart_is_drawn_from_its_file_alone(browser, tmp_path):
    save(cost_quality([Point("MinionS", 0.006, 0.8)]), tmp_path / "chart.html")
    page = browser.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((tmp_path / "chart.html").as_uri())
    drawn = page.locator("#vis svg.marks")
    drawn.wait_for()
    assert drawn.bounding_box()["width"] > 500
    assert [url for url in asked if not url.startswith("file:")] == []
